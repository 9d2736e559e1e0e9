// The server whose keys roll: killed and started again, on its port and with its state folder, as often as a test wants.

using System.Net;
using AltoDns.Harness;
using AltoDns.Zones.Keys;

namespace AltoDns.Interop.Tests.Dnssec.Rolling;

internal sealed class RollingServer(IReadOnlyList<RollingZone> zones, string state) : IAsyncDisposable
{
    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WatchPause = TimeSpan.FromMilliseconds(1);

    private readonly HashSet<string> _stages = new(StringComparer.Ordinal);
    private readonly List<string> _log = [];
    private RunningServer? _server;
    private DateTime _awayUntil;

    public IPEndPoint Endpoint { get; } = new(IPAddress.Loopback, LoopbackPort.Find());

    public KeyStore Store { get; } = new(state);

    /// <summary>How often it was killed.</summary>
    public int Kills { get; private set; }

    /// <summary>Whether it is away, or was a moment ago, so that resolvers may still have given it up.</summary>
    public bool WasAway => DateTime.UtcNow < _awayUntil + Memory;

    /// <summary>What all its processes printed.</summary>
    public string Log => string.Join('\n', [.. _log, _server?.Log ?? ""]);

    public async Task StartAsync()
    {
        var recipe = AltoDnsServer.Recipe([.. zones.Select(zone => zone.PolicyFile), "--state", state]) with { Endpoint = Endpoint };
        _server = await RunningServer.StartAsync(recipe, [.. zones.Select(zone => new ServedZone(zone.Name, ""))], LoadTimeout);
    }

    /// <summary>Kills it whenever a zone's keys have come to a stage for the first time, as soon as that is stored, until cancelled.</summary>
    public async Task KillAtEachStageAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            if (HasNewStage())
            {
                await RestartAsync();
            }

            await Task.Delay(WatchPause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    // Every zone's is noted: one end serves for all that came about at once.
    private bool HasNewStage()
    {
        var known = _stages.Count;
        _stages.UnionWith(zones.Select(zone => zone.Stage(Store)));
        return _stages.Count > known;
    }

    private async Task RestartAsync()
    {
        _awayUntil = DateTime.MaxValue - Memory;
        await _server!.KillAsync();
        Kills++;
        _log.Add(_server.Log);
        await _server.DisposeAsync();
        await StartAsync();
        _awayUntil = DateTime.UtcNow;
    }
}
