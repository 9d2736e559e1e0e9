// Who may update: signatures, replays, leases, rights, and the address that answers.

using System.Net;
using AltoDns.Harness;
using AltoDns.Harness.Updating;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;

namespace AltoDns.Interop.Tests.Updates;

public sealed class SignedUpdateTests
{
    private static readonly DomainName Zone = DomainName.Parse("signed.example.");

    [Fact]
    public async Task Refuses_what_is_not_signed_as_it_should_be()
    {
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder);
        var update = UpdateText.Parse(Zone, ["update add a.signed.example. 60 A 192.0.2.1"]);

        Assert.Equal((ResponseCode.Refused, TsigError.None), Send(server, null, update));
        Assert.Equal((ResponseCode.NotAuth, TsigError.BadKey), Send(server, UpdatableServers.Key with { Name = DomainName.Parse("other.") }, update));
        Assert.Equal((ResponseCode.NotAuth, TsigError.BadSignature), Send(server, UpdatableServers.Key with { Secret = new byte[32] }, update));
        Assert.Equal((ResponseCode.NotAuth, TsigError.BadTime), Send(server, UpdatableServers.Key, update, new ShiftedClock(TimeSpan.FromHours(-1))));
        Assert.Equal((ResponseCode.NotAuth, TsigError.None), Send(server, UpdatableServers.Key, UpdateText.Parse(DomainName.Parse("elsewhere."), ["update delete a.elsewhere."])));
        Assert.Equal((ResponseCode.Refused, TsigError.None), Send(server, UpdatableServers.Key, UpdateText.Parse(Zone, ["update add a.signed.example. 60 MX 5 m.example."])));

        Assert.DoesNotContain(await UpdatableServers.TransferAsync(server, Zone), line => line.StartsWith("a.signed", StringComparison.Ordinal));
        Assert.Contains("[1900]", server.Log, StringComparison.Ordinal);
        Assert.Contains("[1901]", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Carries_out_once_what_comes_twice()
    {
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder);
        using var client = new UpdateClient(server.Endpoint, UpdatableServers.Key);
        Assert.Equal(ResponseCode.NoError, client.Send(UpdateText.Parse(Zone, ["prereq nxdomain b.signed.example.", "update add b.signed.example. 60 A 192.0.2.1"]))?.Code);
        var captured = client.LastSent;

        Assert.Equal(ResponseCode.NoError, client.Resend(captured)?.Code);
        Assert.Equal(ResponseCode.NoError, client.Send(UpdateText.Parse(Zone, ["update delete b.signed.example."]))?.Code);
        Assert.Equal(ResponseCode.NoError, client.Resend(captured)?.Code);

        Assert.DoesNotContain(await UpdatableServers.TransferAsync(server, Zone), line => line.StartsWith("b.signed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refuses_a_replay_from_elsewhere_and_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        byte[] captured;
        await using (var server = await StartAsync(folder))
        {
            using var client = new UpdateClient(server.Endpoint, UpdatableServers.Key);
            client.Send(UpdateText.Parse(Zone, ["update add c.signed.example. 60 A 192.0.2.1"]));
            captured = client.LastSent;
            using var thief = new UpdateClient(server.Endpoint, null, IPAddress.Parse("127.0.0.9"));
            var answer = thief.Resend(captured);
            Assert.Equal((ResponseCode.NotAuth, TsigError.BadTime), (answer!.Code, answer.Error));
        }

        await using var again = await StartAsync(folder);
        using var later = new UpdateClient(again.Endpoint, null);
        Assert.Equal(TsigError.BadTime, later.Resend(captured)?.Error);
    }

    [Fact]
    public async Task Grants_a_lease_and_removes_what_has_run_out()
    {
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder);
        using var client = new UpdateClient(server.Endpoint, UpdatableServers.Key);
        var update = UpdateText.Parse(Zone, ["update add d.signed.example. 60 A 192.0.2.1"]);
        update.Lease = new UpdateLease(5, null);

        // The least that is granted.
        Assert.Equal(new UpdateLease(30, null), client.Send(update)?.Lease);
        Assert.Null(client.Send(UpdateText.Parse(Zone, ["update add e.signed.example. 60 A 192.0.2.1"]))?.Lease);
        Assert.Contains(await UpdatableServers.TransferAsync(server, Zone), line => line.StartsWith("d.signed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Answers_later_from_the_address_that_was_asked()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have one loopback address.");
        using var folder = new TemporaryFolder();
        var recipe = UpdatableServers.AltoDns(folder, [Write(folder)], ["--allow-update", "key=dhcp types=A"]);
        var port = LoopbackPort.Find();
        await using var server = await RunningServer.StartAsync(
            recipe with { Endpoint = new IPEndPoint(IPAddress.Loopback, port), Prepare = (own, _) => [.. recipe.Prepare(own, port).Select(word => word == $"127.0.0.1:{port}" ? $"0.0.0.0:{port}" : word)] },
            [Write(folder)],
            TimeSpan.FromSeconds(60));

        // A connected socket takes nothing from another address.
        using var client = new UpdateClient(new IPEndPoint(IPAddress.Parse("127.0.0.3"), port), UpdatableServers.Key);
        Assert.Equal(ResponseCode.NoError, client.Send(UpdateText.Parse(Zone, ["update add f.signed.example. 60 A 192.0.2.1"]))?.Code);
    }

    private static (ResponseCode, TsigError) Send(RunningServer server, TsigKey? key, UpdateBuilder update, TimeProvider? clock = null)
    {
        using var client = new UpdateClient(server.Endpoint, key);
        var answer = client.Send(update, clock);
        Assert.NotNull(answer);
        return (answer.Code, answer.Error);
    }

    private static ServedZone Write(TemporaryFolder folder) =>
        new(Zone, folder.Write("signed.zone", $"$ORIGIN {Zone}\n$TTL 60\n@ SOA ns1 host 10 3600 600 86400 300\n@ NS ns1\nns1 A 192.0.2.1\n"));

    private static Task<RunningServer> StartAsync(TemporaryFolder folder) =>
        UpdatableServers.StartAltoDnsAsync(folder, [Write(folder)], "--allow-update", "key=dhcp types=A");

    private sealed class ShiftedClock(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
    }
}
