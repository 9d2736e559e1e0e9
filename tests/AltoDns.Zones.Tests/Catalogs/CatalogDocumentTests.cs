// Catalogs that can be read, and broken ones.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Catalogs;

namespace AltoDns.Zones.Tests.Catalogs;

public sealed class CatalogDocumentTests
{
    [Fact]
    public void Reads_members_with_their_properties_and_passes_over_what_it_does_not_know()
    {
        var catalog = CatalogDocument.Read(
            CatalogZones.Load(
                "catalog.example.",
                """
                version TXT 2
                unique1.zones PTR Example.COM.
                group.unique1.zones TXT "nodnssec"
                group.unique1.zones TXT "fast" " lane"
                coo.unique1.zones PTR other.catalog.
                unique-2.zones PTR 2.0.192.in-addr.arpa.
                primaries.ext.unique-2.zones A 192.0.2.1
                thing.ext.unique-2.zones PTR not.a.member.
                deep.er.zones PTR also.no.member.
                ext TXT "anything"
                zones TXT "nothing"
                """),
            out var fault);

        Assert.Equal("", fault);
        Assert.NotNull(catalog);
        Assert.Equal(
            [
                new CatalogMember(DomainName.Parse("example.com."), "unique1", ["fast lane", "nodnssec"], DomainName.Parse("other.catalog.")),
                new CatalogMember(DomainName.Parse("2.0.192.in-addr.arpa."), "unique-2", [], null),
            ],
            catalog.Members.Values.OrderByDescending(member => member.Label, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "it has no TXT record at version.catalog.example.")]
    [InlineData("version TXT 1", "its schema has version '1', and only version 2 is understood")]
    [InlineData("version TXT 3", "its schema has version '3', and only version 2 is understood")]
    [InlineData("version TXT 2\nversion TXT 3", "it has 2 TXT records at version.catalog.example.; leave one")]
    [InlineData("version TXT 2\na.zones PTR x.\na.zones PTR y.", "the member a has 2 PTR records; leave one")]
    [InlineData("version TXT 2\na.zones PTR x.\nb.zones PTR X.", "zone x. is a member twice, as a and as b; leave one")]
    public void Says_what_is_broken(string text, string expected)
    {
        Assert.Null(CatalogDocument.Read(CatalogZones.Load("catalog.example.", text), out var fault));
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void Reads_a_catalog_without_members() =>
        Assert.Empty(CatalogDocument.Read(CatalogZones.Load("catalog.example.", "version TXT 2"), out _)!.Members);

    [Fact]
    public void Reads_what_is_written()
    {
        DomainName[] zones = [.. Enumerable.Range(0, 300).Select(i => DomainName.Parse($"{i}.0.192.in-addr.arpa."))];

        var catalog = CatalogDocument.Read(CatalogWriter.Write(DomainName.Parse("catalog.example."), 7, zones, zone => zone == zones[7] ? "seven" : null), out _);

        Assert.Equal(zones.Order(), catalog!.Members.Keys.Order());
        Assert.Equal(["seven"], catalog.Members[zones[7]].Groups);
        Assert.Empty(catalog.Members[zones[8]].Groups);
        Assert.All(catalog.Members.Values, member => Assert.Equal(CatalogWriter.LabelOf(member.Zone), member.Label));
    }
}
