// Digests of whole zones: those that RFC 8976 prints, and those that AltoDns makes.

using AltoDns.Protocol.Names;
using AltoDns.Scenarios;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Tests.Signing;

public sealed class ZoneDigestTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "vectors", "zonemd");

    [Theory]
    [InlineData("simple", "example.")]
    [InlineData("complex", "example.")]
    [InlineData("several", "example.")]
    [InlineData("uri.arpa", "uri.arpa.")]
    public void The_examples_of_the_RFC_are_valid(string file, string origin) => Assert.Equal(DigestOutcome.Valid, ZoneDigest.Check(Read(file, origin)));

    [Fact]
    public void The_signed_example_of_the_RFC_is_valid_in_its_time_and_not_afterwards()
    {
        var zone = Read("uri.arpa", "uri.arpa.");
        SignedZones.AssertValid(zone, new DateTimeOffset(2021, 2, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.False(ZoneVerifier.Verify(zone, new DateTimeOffset(2021, 3, 1, 0, 0, 0, TimeSpan.Zero)).IsValid);
    }

    [Fact]
    public void A_digest_is_over_what_is_exported()
    {
        // Below a DNAME, and a DNAME below a cut: other servers do not take a zone with them, so exports leave them out.
        var plain = SignedZones.Parse(SignedZones.Everything + "\nbelow.moved TXT \"hidden\"\nx.insecure DNAME elsewhere.test.\nother.insecure TXT \"counts\"");
        var signed = ZoneSigner.Sign(plain, SigningKeys.Terms(plain.Origin, new DnssecPolicy { ZoneMd = true }, SignedZones.Now)).Zone;
        var exported = new ZoneBuilder(plain.Origin);
        foreach (var record in ZoneExporter.Records(signed))
        {
            exported.AddRecord(exported.AddName(record.Owner), record.TimeToLive, record.Data);
        }

        var read = exported.Freeze();
        Assert.True(read.NodeCount < signed.NodeCount);
        Assert.Equal((DigestOutcome.Valid, DigestOutcome.Valid), (ZoneDigest.Check(signed), ZoneDigest.Check(read)));
    }

    [Theory]
    [InlineData("203.0.113.63", "203.0.113.64", DigestOutcome.Wrong)]
    [InlineData("ns1           3600", "ns1           3601", DigestOutcome.Wrong)]
    [InlineData("SOA     ns1 admin 2018031900", "SOA     ns1 admin 2018031901", DigestOutcome.OtherSerial)]
    [InlineData("ZONEMD  2018031900 1 1", "ZONEMD  2018031900 2 1", DigestOutcome.Unchecked)]
    public void What_changed_since_is_noticed(string old, string now, DigestOutcome outcome)
    {
        var text = File.ReadAllText(Path.Combine(Folder, "simple.zone"));
        Assert.Contains(old, text, StringComparison.Ordinal);
        Assert.Equal(outcome, ZoneDigest.Check(SignedZones.Parse(text.Replace(old, now, StringComparison.Ordinal))));
    }

    private static ZoneSnapshot Read(string file, string origin) =>
        SignedZones.Parse(File.ReadAllText(Path.Combine(Folder, $"{file}.zone")), DomainName.Parse(origin));
}
