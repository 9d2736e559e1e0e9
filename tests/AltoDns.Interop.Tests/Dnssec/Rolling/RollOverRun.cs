// One run of the roll-over tests: zones of some kinds, their parent and its agent, a resolver that is asked all the time.

using System.Globalization;
using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Dnssec.Rolling;

internal static class RollOverRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // With fewer nothing was watched.
    private const int LeastAnswers = 100;

    /// <summary>How often each zone rolls.</summary>
    public static int Rounds { get; } = int.Parse(Environment.GetEnvironmentVariable("ALTODNS_ROLLOVER_ROUNDS") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>Fails where an answer is not as it should be, or a roll-over does not come to its end.</summary>
    /// <param name="isKilled">Whether the server is killed each time that it has stored a stage.</param>
    public static async Task RunAsync(IReadOnlyList<RollKind> kinds, bool isBindParent, bool isKilled)
    {
        using var folder = new TemporaryFolder();
        var zones = kinds.Select((kind, number) => new RollingZone(kind, number, folder)).ToList();
        await using var parent = await RollParents.StartAsync(isBindParent, zones);
        foreach (var zone in zones)
        {
            zone.WriteBefore(parent.Server.Endpoint);
        }

        await using var server = new RollingServer(zones, folder.MakeFolder("state"));
        await server.StartAsync();
        var controlSocket = Path.Combine(folder.Path, "unbound.control");
        await using var resolver = await StartResolverAsync(parent, server, zones, controlSocket);
        var asker = new ContinuousAsker(resolver, zones, () => server.WasAway, controlSocket);
        var agent = new ParentalAgent(parent, zones, server.Endpoint, folder.Path);
        using var ending = new CancellationTokenSource();
        var rolls = Task.WhenAll(zones.Select(zone => RollAsync(zone, parent, server, asker, folder)));
        var others = new List<Task> { asker.RunAsync(ending.Token), agent.RunAsync(ending.Token), isKilled ? server.KillAtEachStageAsync(ending.Token) : Task.Delay(-1, ending.Token) };
        var first = await Task.WhenAny([rolls, .. others, Task.Delay(Patience * Rounds, TestContext.Current.CancellationToken)]);
        await ending.CancelAsync();
        await Task.WhenAll(others).ContinueWith(_ => { }, TaskScheduler.Default);

        var report = $"{asker.Answers} answers, {asker.Authenticated} authenticated, {asker.Unreached} unreached, {agent.Changes} changes at the parent, killed {server.Kills} times";
        TestContext.Current.TestOutputHelper?.WriteLine(report);
        var logs = $"{report}\n{string.Join('\n', asker.Faults)}\n--- server\n{server.Log}\n--- parent\n{parent.Server.Log}\n--- resolver\n{resolver.Log}";
        Assert.True(asker.Faults.Count == 0, logs);
        Assert.True(first == rolls, $"{first.Exception}\n{logs}");
        await rolls;
        Assert.True(asker.Answers >= LeastAnswers, report);
        Assert.InRange(asker.Authenticated, asker.Answers / 2, asker.Answers);
        Assert.Equal(isKilled, server.Kills > 0);
    }

    // One roll-over after the other, each of all that is settled.
    private static async Task RollAsync(RollingZone zone, IRollParent parent, RollingServer server, ContinuousAsker asker, TemporaryFolder folder)
    {
        var keys = await SettleAsync(zone, server, before: []);

        // What was taken for insecure before the DS record came may stay in a cache so.
        await Task.Delay(TimeSpan.FromSeconds(RollingZone.TimeToLive + RollParents.DsTimeToLive), TestContext.Current.CancellationToken);
        asker.RequireSecure(zone);
        for (var round = 0; round < Rounds; round++)
        {
            await zone.RollAsync(parent.Server.Endpoint, server.Store.Folder, round);
            keys = await SettleAsync(zone, server, keys);
        }
    }

    private static async Task<IReadOnlyList<ushort>> SettleAsync(RollingZone zone, RollingServer server, IReadOnlyList<ushort> before)
    {
        while (true)
        {
            if (zone.SettledKeys(server.Store) is { } keys && !keys.SequenceEqual(before))
            {
                return keys;
            }

            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<RunningServer> StartResolverAsync(IRollParent parent, RollingServer server, IReadOnlyList<RollingZone> zones, string controlSocket)
    {
        var anchor = await ToolRunner.RunAsync("dig", ["@127.0.0.1", "-p", $"{parent.Server.Endpoint.Port}", "+noall", "+answer", RollParents.Origin, "DNSKEY"]);
        var stubs = zones.Select(zone => new StubZone(zone.Name, server.Endpoint)).Append(new StubZone(RollParents.Zone.Origin, parent.Server.Endpoint)).ToList();

        // Not connected, its sockets do not hear that nobody listens: it asks again, as it would ask a server far away.
        return await UnboundServer.StartAsync(stubs, [.. anchor.Output.Split('\n').Where(line => line.Contains("DNSKEY", StringComparison.Ordinal) && line[0] != ';')], "  udp-connect: no\n  ede: yes\n  val-log-level: 2\n", controlSocket);
    }
}
