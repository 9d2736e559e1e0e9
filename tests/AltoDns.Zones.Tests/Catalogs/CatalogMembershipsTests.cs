// What versions of catalogs bring about, one after the other.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Catalogs;

namespace AltoDns.Zones.Tests.Catalogs;

public sealed class CatalogMembershipsTests
{
    private const string A = "a.catalog.";
    private const string B = "b.catalog.";

    private CatalogMemberships _memberships = CatalogMemberships.None;

    [Fact]
    public void Adds_and_removes_members()
    {
        Assert.Equal("+x.test. +y.test.", Apply(CatalogZones.Of(A, "1=x.test.", "2=y.test.")));
        Assert.Equal("", Apply(CatalogZones.Of(A, "1=x.test.", "2=y.test.")));
        Assert.Equal("+z.test. -x.test.", Apply(CatalogZones.Of(A, "2=y.test.", "3=z.test.")));
        Assert.Equal("-y.test. -z.test.", Apply());
    }

    [Fact]
    public void Resets_a_zone_whose_label_changed()
    {
        Apply(CatalogZones.Of(A, "1=x.test."));

        Assert.Equal("0x.test.", Apply(CatalogZones.Of(A, "2=x.test.")));
    }

    [Fact]
    public void Changes_the_settings_of_a_zone_whose_group_changed()
    {
        Apply(CatalogZones.Of(A, "1=x.test."));

        Assert.Equal("~x.test.", Apply(CatalogZones.Of(A, "1=x.test. fast")));
        Assert.Equal(["fast"], _memberships.Zones[DomainName.Parse("x.test.")].Member.Groups);
    }

    [Fact]
    public void Keeps_a_zone_with_its_first_catalog_unless_that_lets_it_go()
    {
        Apply(CatalogZones.Of(B, "1=x.test."));

        Assert.Equal("!x.test. of catalog a.catalog.", Apply(CatalogZones.Of(A, "9=x.test."), CatalogZones.Of(B, "1=x.test."))[..30]);
        Assert.Equal("0x.test.", Apply(CatalogZones.Of(A, "9=x.test."), CatalogZones.Of(B)));
        Assert.Equal(DomainName.Parse(A), _memberships.Zones[DomainName.Parse("x.test.")].Catalog);
    }

    [Theory]
    [InlineData("1", "~x.test.")]
    [InlineData("2", "0x.test.")]
    public void Changes_the_owner_and_keeps_the_zone_where_the_label_stays(string label, string expected)
    {
        Apply(CatalogZones.Of(A, "1=x.test."));
        Assert.Equal("~x.test.", Apply(CatalogZones.Of(A, "1=x.test.>b.catalog."), CatalogZones.Of(B)));

        Assert.Equal(expected, Apply(CatalogZones.Of(A, "1=x.test.>b.catalog."), CatalogZones.Of(B, $"{label}=x.test.")).Split(' ')[0]);
        Assert.Equal(DomainName.Parse(B), _memberships.Zones[DomainName.Parse("x.test.")].Catalog);
        Assert.Equal("", Apply(CatalogZones.Of(A), CatalogZones.Of(B, $"{label}=x.test.")));
    }

    [Fact]
    public void Changes_the_owner_also_where_leave_comes_after_the_claim()
    {
        Apply(CatalogZones.Of(B, "1=x.test."), CatalogZones.Of(A, "1=x.test."));
        var first = _memberships.Zones[DomainName.Parse("x.test.")].Catalog;
        Assert.Equal(DomainName.Parse(A), first);

        Assert.StartsWith("~x.test.", Apply(CatalogZones.Of(A, "1=x.test.>b.catalog."), CatalogZones.Of(B, "1=x.test.")), StringComparison.Ordinal);
        Assert.Equal(DomainName.Parse(B), _memberships.Zones[DomainName.Parse("x.test.")].Catalog);
    }

    [Fact]
    public void Leaves_zones_alone_that_are_served_for_another_reason()
    {
        Assert.StartsWith("!own.test. of catalog a.catalog.", Apply(CatalogZones.Of(A, "1=own.test.")), StringComparison.Ordinal);
        Assert.StartsWith("!b.catalog. of catalog a.catalog.", Apply(CatalogZones.Of(A, "1=b.catalog."), CatalogZones.Of(B)), StringComparison.Ordinal);
        Assert.Empty(_memberships.Zones);
    }

    private string Apply(params CatalogDocument[] catalogs)
    {
        _memberships = _memberships.With(catalogs, zone => zone == DomainName.Parse("own.test."), out var changes);
        return string.Join(' ', [
            .. changes.Added.Select(zone => $"+{zone}"),
            .. changes.Removed.Select(zone => $"-{zone}"),
            .. changes.Reset.Select(zone => $"0{zone}"),
            .. changes.Changed.Select(zone => $"~{zone}"),
            .. changes.Conflicts.Select(conflict => $"!{conflict}"),
        ]);
    }
}
