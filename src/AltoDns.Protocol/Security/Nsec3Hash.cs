// The hash under which NSEC3 lists a name (RFC 5155 §5).

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Security;

public static class Nsec3Hash
{
    /// <summary>Octets of SHA-1, the only algorithm (RFC 5155 §11).</summary>
    public const int Length = Sha1.Length;

    /// <summary>Hashes a name.</summary>
    /// <param name="name">Uncompressed and in lower case.</param>
    /// <param name="hash">At least <see cref="Length"/> octets.</param>
    public static void Compute(ReadOnlySpan<byte> name, Nsec3ParamData parameters, Span<byte> hash)
    {
        Span<byte> input = stackalloc byte[DomainName.MaxLength + byte.MaxValue];
        var salt = parameters.Salt.Span;
        name.CopyTo(input);
        salt.CopyTo(input[name.Length..]);
        Sha1.Compute(input[..(name.Length + salt.Length)], hash);
        for (var iteration = 0; iteration < parameters.Iterations; iteration++)
        {
            hash[..Length].CopyTo(input);
            salt.CopyTo(input[Length..]);
            Sha1.Compute(input[..(Length + salt.Length)], hash);
        }
    }
}
