// The shapes that --json prints: one object, camelCase names, stable for programs.

using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AltoDns.Cli.Covering;
using AltoDns.Server.Control;
using AltoDns.Web.Explaining;
using AltoDns.Zones.Configuration;

namespace AltoDns.Cli.Output;

internal sealed record ProblemJson(string Severity, string File, int? Line, int? Column, string Fault, string Remedy)
{
    public static ProblemJson From(Problem problem) => new(
        problem.Severity == Zones.Configuration.Severity.Error ? "error" : "warning",
        problem.Position.File,
        problem.Position.Line == 0 ? null : problem.Position.Line,
        problem.Position.Line == 0 ? null : problem.Position.Column,
        problem.Fault,
        problem.Remedy);
}

internal sealed record ZoneJson(string Origin, uint Serial, int Names, long RRsets);

internal sealed record CheckJson(bool Ok, IReadOnlyList<ProblemJson> Problems, IReadOnlyList<ZoneJson> Zones);

internal sealed record ServeJson(IReadOnlyList<string> Endpoints, int Zones, long Names);

internal sealed record ExportJson(IReadOnlyList<string> Files);

internal sealed record KeysJson(IReadOnlyList<KeyJson> Keys);

/// <param name="Stage">created, published, ready, active or retired.</param>
/// <param name="Dnskey">How far the record has spread: hidden, rumoured, omnipresent or unretentive; so the next two.</param>
/// <param name="Next">What the key waits for; null for commands that do not look ahead.</param>
internal sealed record KeyJson(
    string Zone, string Role, int Algorithm, int Tag, string Stage, string Dnskey, string Signatures, string Ds, DateTimeOffset Created, IReadOnlyList<ExpectationJson>? Next);

/// <param name="At">Null where that depends on somebody else.</param>
internal sealed record ExpectationJson(string What, DateTimeOffset? At);

internal sealed record DelegationJson(string Zone, string Role, int Tag, string Ds, string Cdnskey, string DsRdata);

/// <param name="Counters">Values by name, by group.</param>
internal sealed record StatsJson(IReadOnlyDictionary<string, Dictionary<string, long>> Counters);

internal sealed record LogLevelJson(string Level);

internal sealed record DelegationsJson(IReadOnlyList<DelegationJson> Keys);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CheckJson))]
[JsonSerializable(typeof(ServeJson))]
[JsonSerializable(typeof(ExportJson))]
[JsonSerializable(typeof(KeysJson))]
[JsonSerializable(typeof(DelegationsJson))]
[JsonSerializable(typeof(DynamicRecordsJson))]
[JsonSerializable(typeof(ServerStatus))]
[JsonSerializable(typeof(ZoneStatus))]
[JsonSerializable(typeof(ReloadStatus))]
[JsonSerializable(typeof(StatsJson))]
[JsonSerializable(typeof(LogLevelJson))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(DiscoveryJson))]
[JsonSerializable(typeof(TrackersJson))]
[JsonSerializable(typeof(CoverageReport))]
internal sealed partial class JsonShapes : JsonSerializerContext;

internal static class JsonOutput
{
    // URIs and quotes stay readable: the output goes to programs and terminals, not into HTML.
    private static readonly JsonShapes Shapes = new(new JsonSerializerOptions(JsonShapes.Default.Options)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private static readonly JsonShapes Lines = new(new JsonSerializerOptions(Shapes.Options) { WriteIndented = false });

    /// <summary>Prints one object on one line of standard output, for lists that grow as they are worked off.</summary>
    public static void PrintLine<T>(T value) =>
        Console.Out.WriteLine(JsonSerializer.Serialize(value, (JsonTypeInfo<T>)Lines.GetTypeInfo(typeof(T))!));

    /// <summary>Prints one object to standard output.</summary>
    public static void Print<T>(T value) =>
        Console.Out.WriteLine(JsonSerializer.Serialize(value, (JsonTypeInfo<T>)Shapes.GetTypeInfo(typeof(T))!));
}
