// Follows the requests of the control socket.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Server.Listening;
using AltoDns.Server.Observing;
using AltoDns.Server.Reloading;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Control;

/// <summary>Safe for any number of requests at once.</summary>
public sealed class ControlHandler
{
    private static readonly string[] Commands = ["status", "reload", "zone", "stats", "log-level"];

    private readonly ZoneStore _store;
    private readonly ZoneReloader _reloader;
    private readonly DnsServer _server;
    private readonly IReadOnlyList<IZoneStatusSource> _zones;
    private readonly IReadOnlyList<ICounterSource> _counters;
    private readonly ControlOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly DateTimeOffset _started;

    /// <param name="zones">Asked in this order; the first that knows a value says it.</param>
    public ControlHandler(
        ZoneStore store,
        ZoneReloader reloader,
        DnsServer server,
        IEnumerable<IZoneStatusSource> zones,
        IEnumerable<ICounterSource> counters,
        ControlOptions options,
        TimeProvider timeProvider,
        ILogger<ControlServer> logger)
    {
        _store = store;
        _reloader = reloader;
        _server = server;
        _zones = [.. zones];
        _counters = [.. counters];
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _started = timeProvider.GetUtcNow();
    }

    /// <summary>Follows one request; a reload is waited for.</summary>
    public async Task<ControlResponse> HandleAsync(ControlRequest request) => request.Command switch
    {
        "status" => new ControlResponse { Status = Status() },
        "reload" => await ReloadAsync(),
        "zone" => Zone(request.Zone),
        "stats" => new ControlResponse { Counters = [.. _counters.SelectMany(source => source.Read())] },
        "log-level" => SetLevel(request.Level),
        _ => new ControlResponse { Error = $"'{request.Command}' is not a command. The commands are: {string.Join(", ", Commands)}." },
    };

    private ServerStatus Status()
    {
        var zones = _store.Current;
        return new ServerStatus(
            ProgramVersion.Text,
            Environment.ProcessId,
            _started,
            (long)(_timeProvider.GetUtcNow() - _started).TotalSeconds,
            _options.ConfigurationFile,
            [.. _server.Endpoints.Select(endpoint => endpoint.ToString())],
            LogLevels.WordFor(_options.LogLevel.Level),
            _reloader.LastReport is { } report ? Describe(report) : null,
            [.. zones.Zones.Select(zone => zone.Origin).Union(_zones.SelectMany(source => source.Zones)).Order().Select(origin => Describe(origin, zones))]);
    }

    private async Task<ControlResponse> ReloadAsync()
    {
        try
        {
            _ = await _reloader.ReloadAsync("it was asked for by the control socket");
        }
        catch (OperationCanceledException)
        {
            return new ControlResponse { Error = "The server follows no changes any more: it is about to end, or another process was to take over from it." };
        }

        return _reloader.LastReport is { } report
            ? new ControlResponse { Reload = Describe(report) }
            : new ControlResponse { Error = "The server is about to stop." };
    }

    private ControlResponse Zone(string? name)
    {
        if (name is null || DomainName.TryParse(Encoding.UTF8.GetBytes(name), DomainName.Root, out var origin) != NameError.None)
        {
            return new ControlResponse { Error = $"'{name}' is not a domain name." };
        }

        var zones = _store.Current;
        if (zones.Zones.Any(zone => zone.Origin == origin) || _zones.Any(source => source.Zones.Contains(origin)))
        {
            return new ControlResponse { Zone = Describe(origin, zones, countsRRsets: true) };
        }

        var closest = Spelling.Closest(origin.ToString(), zones.Zones.Select(zone => zone.Origin.ToString()));
        return new ControlResponse { Error = $"Zone {origin} is not served.{(closest is null ? "" : $" Did you mean {closest}?")}" };
    }

    private ControlResponse SetLevel(string? word)
    {
        if (word is not null)
        {
            if (LogLevels.Kind.Parse(word, "", out var level) is { } mistake)
            {
                return new ControlResponse { Error = mistake.ToString() };
            }

            _options.LogLevel.Level = level;
            _logger.LogLevelChanged(word);
        }

        return new ControlResponse { LogLevel = LogLevels.WordFor(_options.LogLevel.Level) };
    }

    private ZoneStatus Describe(DomainName origin, ZoneSet zones, bool countsRRsets = false)
    {
        var status = new ZoneStatus(origin.ToString());
        if (Find(zones, origin) is { } zone)
        {
            status.IsServed = true;
            status.Serial = zone.Serial;
            status.Names = zone.NodeCount;

            // Each name is looked at, which is for who asks about one zone, not for a page that asks about all of them every few seconds.
            status.RRsets = countsRRsets ? zone.CountRRsets() : null;
        }

        foreach (var source in _zones)
        {
            source.Describe(origin, status);
        }

        status.AgeSeconds = status.Since is { } since ? (long)(_timeProvider.GetUtcNow() - since).TotalSeconds : null;
        return status;
    }

    private static ZoneSnapshot? Find(ZoneSet zones, DomainName origin)
    {
        var name = new LookupName();
        name.Set(origin.Wire);
        return zones.FindEnclosing(name) is { } zone && zone.Origin == origin ? zone : null;
    }

    private static ReloadStatus Describe(ReloadReport report)
    {
        var errors = report.Problems.Count(problem => problem.Severity == Severity.Error);
        return new ReloadStatus(
            report.IsPublished,
            report.At,
            report.Reason,
            (long)report.Took.TotalMilliseconds,
            errors,
            report.Problems.Count - errors,
            [.. report.Problems.Take(MaxProblems).Select(ReloadProblem.From)]);
    }

    // A file of zones with a mistake on each line is not repeated as a whole in every status.
    private const int MaxProblems = 1000;
}
