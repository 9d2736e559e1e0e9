// The hash under which NSEC3 lists a name (RFC 5155 §5).

using System.Security.Cryptography;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Security;

public static class Nsec3Hash
{
    /// <summary>Octets of SHA-1, the only algorithm (RFC 5155 §11).</summary>
    public const int Length = 20;

    /// <summary>Hashes a name.</summary>
    /// <param name="name">Uncompressed and in lower case.</param>
    /// <param name="hash">At least <see cref="Length"/> octets.</param>
    public static void Compute(ReadOnlySpan<byte> name, Nsec3ParamData parameters, Span<byte> hash)
    {
        Span<byte> input = stackalloc byte[DomainName.MaxLength + byte.MaxValue];
        var salt = parameters.Salt.Span;
        name.CopyTo(input);
        salt.CopyTo(input[name.Length..]);
        Digest(input[..(name.Length + salt.Length)], hash);
        for (var iteration = 0; iteration < parameters.Iterations; iteration++)
        {
            hash[..Length].CopyTo(input);
            salt.CopyTo(input[Length..]);
            Digest(input[..(Length + salt.Length)], hash);
        }
    }

    private static void Digest(ReadOnlySpan<byte> input, Span<byte> hash)
    {
#pragma warning disable CA5350 // RFC 5155 §11 has no other hash, and nothing rests on its being free of collisions.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
    }
}
