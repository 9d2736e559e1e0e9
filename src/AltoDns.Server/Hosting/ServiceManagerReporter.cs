// Tells the service manager how the server is, and has it keep the server's sockets.

using System.Globalization;
using AltoDns.Server.Handover;
using AltoDns.Server.Listening;
using AltoDns.Server.Reloading;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Hosting;

/// <summary>To be started last, when zones are served and sockets are read from.</summary>
public sealed class ServiceManagerReporter(
    ServiceManager manager,
    DnsServer server,
    ZoneStore store,
    ZoneReloader reloader,
    Succession? succession,
    InheritedSockets? inherited,
    TimeProvider timeProvider,
    ILogger<ServiceManagerReporter> logger) : IHostedService, IDisposable
{
    // How old news may be, and how long a UDP thread may take for what takes a quarter of a second.
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private ITimer? _timer;
    private string _status = "";
    private bool _ended;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var socket in server.Sockets)
        {
            manager.Keep(InheritedSockets.NameOf(socket), socket.SafeHandle);
        }

        foreach (var name in inherited?.Untaken ?? [])
        {
            manager.Forget(name);
        }

        inherited?.Dispose();
        server.LeavesQueues = true;
        succession?.Ended.Register(() => End("STATUS=Another process has taken over"));
        _status = Status();
        manager.Tell($"READY=1\nSTATUS={_status}");
        var interval = manager.WatchdogTimeout is { } timeout && timeout / 3 < StatusInterval ? timeout / 3 : StatusInterval;
        _timer = timeProvider.CreateTimer(_ => Report(), null, interval, interval);
        return Task.CompletedTask;
    }

    /// <summary>Called when a load begins.</summary>
    public void LoadBegins() => TellUnlessEnded("RELOADING=1");

    /// <summary>Called when a load has ended, whatever came of it.</summary>
    public void LoadEnded() => TellUnlessEnded("READY=1");

    public Task StopAsync(CancellationToken cancellationToken)
    {
        End("STOPPING=1\nSTATUS=Finishing what was begun");
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void Report()
    {
        var isTurning = server.IsTurning(Stuck);
        if (!isTurning)
        {
            logger.NotTurning(Stuck.TotalSeconds);
        }
        else if (manager.WatchdogTimeout is not null)
        {
            TellUnlessEnded("WATCHDOG=1");
        }

        var status = Status();
        if (status != _status)
        {
            _status = status;
            TellUnlessEnded($"STATUS={status}");
        }
    }

    private string Status()
    {
        var zones = store.Current.Zones.Count;
        var served = $"Serving {zones.ToString(CultureInfo.InvariantCulture)} {(zones == 1 ? "zone" : "zones")} on {string.Join(", ", server.Endpoints)}";
        return reloader.LastReport is { IsPublished: false } rejected
            ? $"{served}, as they were before the load of {rejected.At:yyyy-MM-ddTHH:mm:ssZ} was rejected for {Count(rejected.Problems)}: altodns status"
            : served;
    }

    private static string Count(IReadOnlyList<Problem> problems)
    {
        var errors = problems.Count(problem => problem.Severity == Severity.Error);
        return errors == 1 ? "1 error" : $"{errors.ToString(CultureInfo.InvariantCulture)} errors";
    }

    private void End(string state)
    {
        lock (_gate)
        {
            if (!_ended)
            {
                _ended = true;
                _timer?.Dispose();
                manager.Tell(state);
            }
        }
    }

    // A process that has handed over must not speak for the one that goes on.
    private void TellUnlessEnded(string state)
    {
        lock (_gate)
        {
            if (!_ended && _timer is not null)
            {
                manager.Tell(state);
            }
        }
    }
}
