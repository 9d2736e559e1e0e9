// The hash of NSEC3 against the examples of RFC 5155 and the platform's SHA-1.

using System.Security.Cryptography;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Protocol.Tests.Security;

public sealed class Nsec3HashTests
{
    // RFC 5155 appendix A: salt aabbccdd, 12 iterations.
    [Theory]
    [InlineData("example.", "0P9MHAVEQVM6T7VBL5LOP2U3T2RP3TOM")]
    [InlineData("a.example.", "35MTHGPGCU1QG68FAB165KLNSNK3DPVL")]
    [InlineData("ns1.example.", "2T7B4G4VSA5SMI47K61MV5BV1A22BOJR")]
    [InlineData("*.w.example.", "R53BQ7CC2UVMUBFU5OCMM6PERS9TK9EN")]
    [InlineData("xx.example.", "T644EBQK9BIBCNA874GIVR6JOJ62MLHV")]
    public void Hashes_as_in_the_appendix(string name, string expected)
    {
        var hash = new byte[Nsec3Hash.Length];
        Nsec3Hash.Compute(DomainName.Parse(name).Wire, new Nsec3ParamData(1, 0, 12, [0xAA, 0xBB, 0xCC, 0xDD]), hash);
        Assert.Equal(expected, Base32Hex.Encode(hash));
    }

    [Fact]
    public void Hashes_every_length_as_the_platform_does()
    {
        var random = new Random(1);
        var hash = new byte[Nsec3Hash.Length];
        for (var length = 1; length <= DomainName.MaxLength; length++)
        {
            var name = new byte[length];
            var salt = new byte[random.Next(byte.MaxValue + 1)];
            random.NextBytes(name);
            random.NextBytes(salt);
            Nsec3Hash.Compute(name, new Nsec3ParamData(1, 0, 1, salt), hash);
#pragma warning disable CA5350 // The platform's hash is what this one is held against.
            var once = SHA1.HashData([.. name, .. salt]);
            Assert.Equal(SHA1.HashData([.. once, .. salt]), hash);
#pragma warning restore CA5350
        }
    }
}
