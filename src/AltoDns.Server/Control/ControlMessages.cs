// What is said over the control socket: one JSON object a line, a request and its response.

using System.Text.Json.Serialization;
using AltoDns.Zones.Configuration;

namespace AltoDns.Server.Control;

/// <param name="Command">status, reload, zone, stats or log-level.</param>
/// <param name="Zone">The zone's name, for zone.</param>
/// <param name="Level">The new level, for log-level; null to ask for the one that holds.</param>
public sealed record ControlRequest(string Command, string? Zone = null, string? Level = null);

/// <summary>One of the parts is there.</summary>
public sealed record ControlResponse
{
    /// <summary>Why the request was not followed, a sentence or two.</summary>
    public string? Error { get; init; }

    public ServerStatus? Status { get; init; }

    public ZoneStatus? Zone { get; init; }

    public ReloadStatus? Reload { get; init; }

    public IReadOnlyList<CounterGroup>? Counters { get; init; }

    public string? LogLevel { get; init; }

    /// <summary>For a successor; the sockets come beside the octets after this line.</summary>
    public HandoverStatus? Handover { get; init; }
}

/// <param name="Sockets">How many sockets come.</param>
public sealed record HandoverStatus(int ProcessId, int Sockets);

/// <summary>A server at one moment. Times are UTC.</summary>
/// <param name="Configuration">The file; null where there is none.</param>
/// <param name="Listening">Endpoints over UDP and TCP.</param>
/// <param name="LastReload">The last attempt to load, also one that failed; null before the first.</param>
/// <param name="Zones">In canonical order.</param>
public sealed record ServerStatus(
    string Version,
    int ProcessId,
    DateTimeOffset Started,
    long UptimeSeconds,
    string? Configuration,
    IReadOnlyList<string> Listening,
    string LogLevel,
    ReloadStatus? LastReload,
    IReadOnlyList<ZoneStatus> Zones);

/// <summary>An attempt to load.</summary>
/// <param name="Ok">Whether its zones are served; otherwise those before still are.</param>
/// <param name="Problems">In the order found.</param>
public sealed record ReloadStatus(bool Ok, DateTimeOffset At, string Reason, long Milliseconds, int Errors, int Warnings, IReadOnlyList<ReloadProblem> Problems);

/// <param name="Severity">error or warning.</param>
/// <param name="Line">Null where the problem is the file's as a whole.</param>
/// <param name="Text">The problem on one line, with its place.</param>
public sealed record ReloadProblem(string Severity, string File, int? Line, int? Column, string Fault, string Remedy, string Text)
{
    public static ReloadProblem From(Problem problem) => new(
        problem.Severity == Zones.Configuration.Severity.Error ? "error" : "warning",
        problem.Position.File,
        problem.Position.Line == 0 ? null : problem.Position.Line,
        problem.Position.Line == 0 ? null : problem.Position.Column,
        problem.Fault,
        problem.Remedy,
        problem.ToString());
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlResponse))]
public sealed partial class ControlShapes : JsonSerializerContext;
