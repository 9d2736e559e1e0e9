// Requests that come twice are told from new ones, also when there are many and after a restart.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Server.Updates;

namespace AltoDns.Server.Tests.Updates;

public sealed class ReplayGuardTests
{
    private static readonly DomainName Key = DomainName.Parse("dhcp.");

    [Fact]
    public void Tells_a_repetition_from_a_replay()
    {
        var guard = new ReplayGuard(new Dictionary<DomainName, long>());
        Assert.Equal(Familiarity.New, guard.Look(Request(1, client: 5), out _));
        guard.Remember(Request(1, client: 5), ResponseCode.YXDomain, 1_000);

        Assert.Equal(Familiarity.Repeated, guard.Look(Request(1, client: 5), out var code));
        Assert.Equal(ResponseCode.YXDomain, code);
        Assert.Equal(Familiarity.Replayed, guard.Look(Request(1, client: 6), out _));
        Assert.Equal(Familiarity.New, guard.Look(Request(2, client: 5), out _));
    }

    [Fact]
    public void Forgets_requests_whose_time_is_over()
    {
        var guard = new ReplayGuard(new Dictionary<DomainName, long>());
        guard.Remember(Request(1, time: 1_000), ResponseCode.NoError, 1_000);
        guard.Remember(Request(2, time: 2_000), ResponseCode.NoError, 2_000);

        // Its time alone keeps it out now, which is not the guard's affair.
        Assert.Equal(Familiarity.New, guard.Look(Request(1, time: 1_000), out _));
    }

    [Fact]
    public void Refuses_what_is_as_old_as_what_it_had_to_forget()
    {
        var guard = new ReplayGuard(new Dictionary<DomainName, long>(), capacity: 2);
        guard.Remember(Request(1, time: 1_000), ResponseCode.NoError, 1_000);
        guard.Remember(Request(2, time: 1_001), ResponseCode.NoError, 1_000);
        guard.Remember(Request(3, time: 1_002), ResponseCode.NoError, 1_000);

        Assert.Equal(Familiarity.Replayed, guard.Look(Request(1, time: 1_000), out _));
        Assert.Equal(Familiarity.Repeated, guard.Look(Request(3, time: 1_002), out _));
        Assert.Equal(Familiarity.New, guard.Look(Request(4, time: 1_002), out _));
    }

    [Fact]
    public void Refuses_after_a_restart_what_may_have_been_carried_out_before()
    {
        var guard = new ReplayGuard(new Dictionary<DomainName, long> { [Key] = 1_000 });

        Assert.Equal(Familiarity.Replayed, guard.Look(Request(1, time: 1_000), out _));
        Assert.Equal(Familiarity.New, guard.Look(Request(2, time: 1_001), out _));
        Assert.Equal(Familiarity.New, guard.Look(Request(1, time: 900) with { Key = DomainName.Parse("other.") }, out _));
    }

    private static SignedRequest Request(uint id, uint client = 5, long time = 1_000) => new(id, client, Key, time, 300);
}
