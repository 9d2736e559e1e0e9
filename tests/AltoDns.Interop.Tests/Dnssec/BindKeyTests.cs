// Keys of BIND here, and ours there: BIND signs with what it gets back, and its digests are ours.

using System.Security.Cryptography;
using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Keys;

namespace AltoDns.Interop.Tests.Dnssec;

public sealed class BindKeyTests
{
    public static TheoryData<DnssecAlgorithm> Algorithms => [.. DnssecAlgorithms.Supported];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Keys_of_BIND_are_read_and_written_as_they_were(DnssecAlgorithm algorithm)
    {
        using var folder = new TemporaryFolder();
        var made = await ToolRunner.RunAsync("dnssec-keygen", ["-q", "-K", folder.Path, "-a", algorithm.Mnemonic(), "-f", "KSK", "Example.test"]);
        Assert.True(made.ExitCode == 0, made.ToString());
        var stem = Path.Combine(folder.Path, made.Output.Trim());

        var read = BindKeyFiles.Read(stem + ".private");
        using var key = read.Key;
        var written = BindKeyFiles.Write(folder.MakeFolder("out"), read.Zone, key, since: null);

        Assert.Equal(Path.GetFileName(stem), Path.GetFileName(written));
        Assert.Equal(Numbers(stem), Numbers(written));
        await AssertSameDigestsAsync(written, read.Zone, key);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task BIND_signs_with_our_keys_and_we_verify_what_it_signed(DnssecAlgorithm algorithm)
    {
        using var folder = new TemporaryFolder();
        var zone = DomainName.Parse("example.test.");
        using var csk = DnssecSigningKey.Generate(algorithm, DnssecKey.KeySigningFlags);
        var stem = BindKeyFiles.Write(folder.Path, zone, csk, DateTimeOffset.UtcNow - TimeSpan.FromDays(1));
        await AssertSameDigestsAsync(stem, zone, csk);
        var text = await File.ReadAllTextAsync(stem + ".key");
        var file = folder.Write("example.zone", SignedZoneFile.Text + text.Replace(" IN ", " 300 IN ", StringComparison.Ordinal));

        var signed = await ToolRunner.RunAsync("dnssec-signzone", ["-q", "-z", "-K", folder.Path, "-o", "example.test", "-f", file + ".signed", file, stem]);

        Assert.True(signed.ExitCode == 0, signed.ToString());
        var verified = SignedZoneFile.Verify(file + ".signed", zone, csk.Data, DateTimeOffset.UtcNow);
        Assert.Equal([], verified.Faults);
        Assert.True(verified.Signatures > 30, $"{verified.Signatures}");
    }

    private static async Task AssertSameDigestsAsync(string stem, DomainName zone, DnssecSigningKey key)
    {
        foreach (var (option, type) in new[] { ("SHA-256", DigestType.Sha256), ("SHA-384", DigestType.Sha384) })
        {
            var result = await ToolRunner.RunAsync("dnssec-dsfromkey", ["-a", option, stem + ".key"]);
            Assert.True(result.ExitCode == 0, result.ToString());
            Assert.Equal($"{zone.ToLower()} IN DS {DelegationDigest.CreateDs(zone, key.Data, type)}", result.Output.Trim(), ignoreCase: true);
        }
    }

    [Fact]
    public void Leading_zeros_of_a_private_key_may_be_left_out()
    {
        using var folder = new TemporaryFolder();
        using var curve = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = [0, .. Enumerable.Range(1, 31).Select(octet => (byte)octet)] });
        Assert.True(DnssecSigningKey.TryFromPkcs8(curve.ExportPkcs8PrivateKey(), DnssecAlgorithm.EcdsaP256Sha256, DnssecKey.KeySigningFlags, out var key));
        using (key)
        {
            var stem = BindKeyFiles.Write(folder.Path, DomainName.Parse("example.test."), key, since: null);
            var whole = File.ReadAllText(stem + ".private");
            File.WriteAllText(stem + ".private", string.Join('\n', whole.Split('\n').Select(WithoutLeadingZeros)));

            Assert.NotEqual(whole, File.ReadAllText(stem + ".private"));
            using var read = BindKeyFiles.Read(stem).Key;
            Assert.Equal(key.Data, read.Data);
        }
    }

    private static List<string> Numbers(string stem) =>
    [
        .. File.ReadLines(stem + ".private").Where(line => !line.Contains(": 20", StringComparison.Ordinal)).Select(WithoutLeadingZeros),
        .. File.ReadLines(stem + ".key").Where(line => !line.StartsWith(';')).Select(line => line.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant()),
    ];

    // BIND leaves them out, so that one key in 256 is an octet shorter; we write ECDSA keys at full length.
    private static string WithoutLeadingZeros(string line) =>
        line.StartsWith("PrivateKey: ", StringComparison.Ordinal)
            ? "PrivateKey: " + Convert.ToBase64String(Convert.FromBase64String(line["PrivateKey: ".Length..]).AsSpan().TrimStart((byte)0))
            : line;
}
