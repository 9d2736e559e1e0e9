// A secret that two servers share to authenticate what they say to each other.

using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Security;

/// <summary>The MACs of TSIG (RFC 8945 §6).</summary>
public enum TsigAlgorithm
{
    HmacSha256,
    HmacSha384,
    HmacSha512,

    /// <summary>Only to interoperate; an operator has to allow it.</summary>
    HmacSha1,

    /// <summary>Only to interoperate; an operator has to allow it.</summary>
    HmacMd5,
}

/// <summary>A TSIG key (RFC 8945 §4.2). Two are equal where their names are.</summary>
/// <param name="Name">By which both sides know it.</param>
/// <param name="Secret">At least one octet; RFC 8945 §8 wants as many as the MAC has.</param>
public sealed record TsigKey(DomainName Name, TsigAlgorithm Algorithm, ReadOnlyMemory<byte> Secret)
{
    /// <summary>Octets of a MAC that are sent, and the fewest that are taken (RFC 8945 §5.2.2.1).</summary>
    public int MacLength { get; init; } = Algorithm.MacLength();

    public bool Equals(TsigKey? other) => other is not null && Name == other.Name;

    public override int GetHashCode() => Name.GetHashCode();

    /// <summary>The name alone: a secret has no place in a log.</summary>
    public override string ToString() => Name.ToString();
}
