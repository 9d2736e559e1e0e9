// What an operator is told of a zone that comes from another server.

using AltoDns.Server.Control;
using AltoDns.Server.Tests.Transfers.Incoming;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Control;

public sealed class SecondaryZoneSourceTests
{
    [Fact]
    public async Task Tells_when_a_zone_came_when_it_is_asked_for_and_when_it_expires()
    {
        await using var primary = new ScriptedPrimary();
        primary.Publish(SecondarySetup.Version(7));
        await using var secondary = new SecondarySetup(SecondarySetup.From(primary.Peer));
        await secondary.Reaches(7);
        await Eventually.IsTrue(() => !secondary.Transfers.IsBusy, "the zone waits for its next refresh");

        var status = Describe(secondary);

        Assert.Equal(primary.Peer.ToString(), status.Source);
        Assert.Null(status.LastError);
        Assert.Equal("7", status.Facts["transferred-serial"]);
        var refreshed = At(status, "refreshed");
        Assert.Equal(refreshed.AddSeconds(SecondarySetup.Expire), At(status, "expires"));
        Assert.InRange((At(status, "next-refresh") - refreshed).TotalSeconds, SecondarySetup.Refresh * 0.89, SecondarySetup.Refresh + 1);
        Assert.Equal(1, Count(secondary, "whole"));
        Assert.Equal(0, Count(secondary, "failed"));
    }

    [Fact]
    public async Task Tells_why_a_zone_does_not_come_though_it_is_not_served()
    {
        await using var primary = new ScriptedPrimary { IsCutOff = true };
        await using var secondary = new SecondarySetup(SecondarySetup.From(primary.Peer));
        await Eventually.IsTrue(() => Count(secondary, "failed") > 0, "the transfer fails");

        Assert.Contains(SecondarySetup.Origin, new SecondaryZoneSource(secondary.Transfers).Zones);
        Assert.Contains(primary.Peer.ToString(), Describe(secondary).LastError, StringComparison.Ordinal);
    }

    private static ZoneStatus Describe(SecondarySetup secondary)
    {
        var status = new ZoneStatus(SecondarySetup.Origin.ToString());
        new SecondaryZoneSource(secondary.Transfers).Describe(SecondarySetup.Origin, status);
        return status;
    }

    private static DateTimeOffset At(ZoneStatus status, string fact) =>
        DateTimeOffset.Parse(status.Facts[fact], System.Globalization.CultureInfo.InvariantCulture);

    private static long Count(SecondarySetup secondary, string name) =>
        new SecondaryZoneSource(secondary.Transfers).Read().Single().Counters.Single(counter => counter.Name == name).Value;
}
