// A stock primary, AltoDns over its zone, NSD behind that: how long a change takes to either.

using System.Diagnostics;
using System.Net;
using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Benchmarks.Transfers;

/// <summary>Stops the overlay and NSD when disposed of; the primary is its maker's.</summary>
internal sealed class OverlayChain : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    private readonly ServedZone _zone;
    private readonly string _control;
    private readonly RunningServer _overlay;
    private readonly RunningServer _secondary;

    private OverlayChain(ServedZone zone, string control, RunningServer overlay, RunningServer secondary)
    {
        _zone = zone;
        _control = control;
        _overlay = overlay;
        _secondary = secondary;
    }

    /// <param name="control">The primary's control socket.</param>
    public static async Task<OverlayChain> StartAsync(
        string program, ServedZone zone, RunningServer primary, string control, int altoPort, int nsdPort, TemporaryFolder folder)
    {
        var policy = folder.Write("overlay.yaml", $$"""
            zones: [10.0.0.0/8]
            base: { primary: {{primary.Endpoint}} }
            alto-servers: { core: { uri: https://alto1.isp1.example/ird } }
            assignments: { 10.0.0.0/8: core }

            """);
        var recipe = AltoDnsServer.PublishedRecipe(
            program, [policy, "--state", Path.Combine(folder.Path, "state"), "--allow-transfer", "127.0.0.0/8", "--notify", $"127.0.0.1:{nsdPort}"])
            with { Endpoint = new IPEndPoint(IPAddress.Loopback, altoPort) };
        var overlay = await RunningServer.StartAsync(recipe, [zone], Patience);
        try
        {
            return new OverlayChain(zone, control, overlay, await RunningServer.StartAsync(IncomingRecipes.NsdSecondary(zone, altoPort, nsdPort), [zone], Patience));
        }
        catch
        {
            await overlay.DisposeAsync();
            throw;
        }
    }

    /// <summary>Changes a PTR record at the primary. Time runs from when the primary is told to publish it: it sends its NOTIFY at once then, but a second after an UPDATE message.</summary>
    /// <param name="owner">Relative to the zone.</param>
    /// <returns>How long until the overlay answers with the new record, and how long until NSD does.</returns>
    /// <exception cref="TimeoutException">The change does not arrive.</exception>
    public async Task<(TimeSpan Overlay, TimeSpan Secondary)> ChangeAsync(string owner, DomainName target, TimeSpan patience)
    {
        await ControlAsync("zone-begin");
        await ControlAsync("zone-unset", owner, "PTR");
        await ControlAsync("zone-set", owner, "3600", "PTR", target.ToString());
        var clock = Stopwatch.StartNew();
        var times = Task.WhenAll(SeesAsync(_overlay), SeesAsync(_secondary));
        await ControlAsync("zone-commit");
        return await times is [var overlay, var secondary] ? (overlay, secondary) : throw new UnreachableException();

        async Task<TimeSpan> SeesAsync(RunningServer server)
        {
            var query = new Query(DomainName.Parse($"{owner}.{_zone.Origin}"), RecordType.PTR);
            while ((await server.Client.TryAskAsync([query]))[0] is not { Answers: [{ Data: PtrData { Target: var found } }] } || found != target)
            {
                if (clock.Elapsed > patience)
                {
                    throw new TimeoutException($"{query.Name} does not change on {server.Name}.\n{_overlay.Log}");
                }

                await Task.Delay(PollInterval);
            }

            return clock.Elapsed;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _secondary.DisposeAsync();
        await _overlay.DisposeAsync();
    }

    private async Task ControlAsync(string command, params string[] arguments)
    {
        var result = await ToolRunner.RunAsync("knotc", ["--socket", _control, command, _zone.Origin.ToString(), .. arguments]);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(result.ToString());
        }
    }
}
