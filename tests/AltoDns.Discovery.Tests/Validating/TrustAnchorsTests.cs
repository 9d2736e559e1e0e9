// Trust anchors as files have them.

using AltoDns.Discovery.Validating;
using AltoDns.Protocol.Names;

namespace AltoDns.Discovery.Tests.Validating;

public sealed class TrustAnchorsTests
{
    private const string Xml = """
        <?xml version="1.0" encoding="UTF-8"?>
        <TrustAnchor id="F55C3D61-C2C4-4F6E-9AC6-96EF8C7C2A3B" source="http://data.iana.org/root-anchors/root-anchors.xml">
          <Zone>.</Zone>
          <KeyDigest id="Kjqmt7v" validFrom="2010-07-15T00:00:00+00:00" validUntil="2019-01-11T00:00:00+00:00">
            <KeyTag>19036</KeyTag><Algorithm>8</Algorithm><DigestType>2</DigestType>
            <Digest>49AAC11D7B6F6446702E54A1607371607A1A41855200FD2CE1CDDE32F24E8FB5</Digest>
          </KeyDigest>
          <KeyDigest id="Klajeyz" validFrom="2017-02-02T00:00:00+00:00">
            <KeyTag>20326</KeyTag><Algorithm>8</Algorithm><DigestType>2</DigestType>
            <Digest>E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D</Digest>
            <PublicKey>AwEAAaz</PublicKey><Flags>257</Flags>
          </KeyDigest>
        </TrustAnchor>
        """;

    [Fact]
    public void The_file_of_iana_is_read_with_its_dates()
    {
        var anchors = TrustAnchors.Parse(Xml);

        Assert.Equal([19036, 20326], anchors.All.Select(anchor => (int)anchor.Digest.KeyTag));
        Assert.Equal([19036], Tags(anchors, 2012));
        Assert.Equal([19036, 20326], Tags(anchors, 2018));
        Assert.Equal([20326], Tags(anchors, 2026));
    }

    [Fact]
    public void Records_are_read_as_dig_prints_them()
    {
        var anchors = TrustAnchors.Parse("""
            ; the root
            . IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D084 58E880409BBC683457104237C7F8EC8D
            example. 3600 IN DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+ KkxLbxILfDLUT0rAK9iUzy1L53eKGQ== ; a comment
            """);

        Assert.Equal([".", "example."], anchors.All.Select(anchor => anchor.Zone.ToString()));
        Assert.Equal([20326], Tags(anchors, 2026));
        Assert.Equal(DomainName.Parse("example."), anchors.ClosestZone(DomainName.Parse("www.example.")));
        Assert.Equal(DomainName.Root, anchors.ClosestZone(DomainName.Parse("www.example.net.")));
    }

    [Fact]
    public void The_built_in_keys_are_those_of_the_root()
    {
        Assert.Equal([20326, 38696], Tags(TrustAnchors.Root, 2026));
    }

    [Theory]
    [InlineData("<TrustAnchor>")]
    [InlineData("<Other/>")]
    [InlineData("<TrustAnchor><Zone>.</Zone><KeyDigest><KeyTag>x</KeyTag></KeyDigest></TrustAnchor>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><TrustAnchor><Zone>&b;</Zone></TrustAnchor>")]
    [InlineData(". IN A 192.0.2.1")]
    [InlineData(". IN DS 20326 8 2 E06D")]
    [InlineData("DS 20326 8 2 E06D")]
    [InlineData("a..b IN DS 20326 8 1 E06D44B80B8F1D39A95C0B0D7C65D08458E88040")]
    public void Other_texts_are_refused(string text) => Assert.Throws<FormatException>(() => TrustAnchors.Parse(text));

    private static IEnumerable<int> Tags(TrustAnchors anchors, int year) =>
        anchors.DigestsOf(DomainName.Root, new DateTimeOffset(year, 6, 1, 0, 0, 0, TimeSpan.Zero)).Select(digest => (int)digest.KeyTag);
}
