// The shapes in which --json prints what discovery found.

using AltoDns.Discovery;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Cli.Output;

/// <param name="PublicKey">SubjectPublicKeyInfo in base64.</param>
internal sealed record AltoKeyJson(string Algorithm, string Selector, string Host, string PublicKey, string Security);

internal sealed record AltoServerJson(string Uri, int Order, int Preference, string Security, IReadOnlyList<AltoKeyJson> Keys);

internal sealed record LookupJson(
    string Step, string Name, string Type, string Outcome, string ResponseCode, int Records, string? CanonicalName, string Security, double Milliseconds, bool FromCache, string? Failure, string? Resolver);

/// <param name="Peer">The ID given; null for none.</param>
/// <param name="Port">The port given; null for none.</param>
/// <param name="Name">The name that answered.</param>
/// <param name="Trace">Only with --trace.</param>
internal sealed record DiscoveryJson(
    string Subject,
    string? Peer,
    int? Port,
    string Status,
    IReadOnlyList<AltoServerJson> Servers,
    string? Name,
    string Security,
    bool TemporaryErrors,
    long TimeToLive,
    IReadOnlyList<LookupJson>? Trace)
{
    public static DiscoveryJson From(DiscoveryResult result, PeerHint? hint, bool withTrace) => new(
        result.Subject,
        hint?.Id,
        hint?.Port,
        Word(result.Status),
        [.. result.Servers.Select(server => new AltoServerJson(
            server.Uri.OriginalString, server.Order, server.Preference, Word(server.Security), [.. server.Keys.Select(From)]))],
        result.AnsweringName?.ToString(),
        Word(result.Security),
        result.HadTemporaryErrors,
        (long)Math.Min(result.TimeToLive.TotalSeconds, uint.MaxValue),
        withTrace ? From(result.Trace) : null);

    public static IReadOnlyList<LookupJson> From(IReadOnlyList<LookupTrace> trace) =>
    [
        .. trace.Select(step => new LookupJson(
            step.Step,
            step.Name.ToString(),
            step.Type.Mnemonic(),
            Word(step.Outcome),
            step.ResponseCode.Mnemonic(),
            step.Records,
            step.CanonicalName?.ToString(),
            Word(step.Security),
            Math.Round(step.Elapsed.TotalMilliseconds, 3),
            step.FromCache,
            step.Failure,
            step.Resolver)),
    ];

    /// <summary>An enumeration's member as JSON has it: <c>notFound</c>.</summary>
    public static string Word(Enum value) => value.ToString() is var text ? char.ToLowerInvariant(text[0]) + text[1..] : "";

    private static AltoKeyJson From(AltoKey key) =>
        new(key.Algorithm, key.Selector, key.Host, Convert.ToBase64String(key.SubjectPublicKeyInfo.Span), Word(key.Security));
}

internal sealed record TrackerJson(string Host, int Port, int Priority, int Weight);

internal sealed record TrackersJson(
    string Subject, IReadOnlyList<TrackerJson> Trackers, string Security, bool TemporaryErrors, IReadOnlyList<LookupJson>? Trace)
{
    public static TrackersJson From(TrackerResult result, bool withTrace) => new(
        result.Subject,
        [.. result.Trackers.Select(tracker => new TrackerJson(tracker.Host, tracker.Port, tracker.Priority, tracker.Weight))],
        DiscoveryJson.Word(result.Security),
        result.HadTemporaryErrors,
        withTrace ? DiscoveryJson.From(result.Trace) : null);
}
