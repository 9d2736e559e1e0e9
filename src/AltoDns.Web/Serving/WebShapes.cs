// The JSON that the page asks for: camelCase names.

using System.Text.Json.Serialization;
using AltoDns.Server.Control;
using AltoDns.Web.Explaining;
using AltoDns.Web.Metrics;

namespace AltoDns.Web.Serving;

/// <param name="Error">What is wrong with the request, a sentence or two.</param>
internal sealed record FaultJson(string Error);

/// <param name="Servers">URIs, the preferred one first; empty where there is no ALTO server.</param>
/// <param name="Keys">The key records that stand beside them, as TXT data.</param>
/// <param name="FoundAt">The name that has both; null for none.</param>
/// <param name="KeyDig">A command that asks for the key records; null where there is none.</param>
internal sealed record ExplainedJson(IReadOnlyList<string> Servers, IReadOnlyList<string> Keys, string? FoundAt, string Dig, string? KeyDig, Explanation Explanation);

/// <summary>Totals since the server started, from which rates are made.</summary>
/// <param name="Seconds">When they were read, on a clock that only goes on.</param>
/// <param name="Queries">By transport.</param>
/// <param name="Responses">By response code.</param>
/// <param name="Dropped">Messages without a response, and responses that were not sent.</param>
/// <param name="Sessions">TCP and TLS connections open now.</param>
/// <param name="Memory">Octets in use.</param>
internal sealed record RatesJson(
    double Seconds, SortedDictionary<string, long> Queries, SortedDictionary<string, long> Responses, long Dropped, long Sessions, long Memory)
{
    public static RatesJson Of(ServerReading reading)
    {
        var queries = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (transport, counters) in reading.Datagrams)
        {
            queries[transport] = counters.Received;
        }

        foreach (var (transport, counts) in reading.Streams)
        {
            queries[transport] = counts.Received;
        }

        var responses = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var cell in reading.Answers.SelectMany(each => each.Counts.ByTypeAndCode()))
        {
            responses[cell.Code] = responses.GetValueOrDefault(cell.Code) + cell.Count;
        }

        var dropped = reading.Datagrams.Sum(each => each.Counters.Malformed + each.Counters.MalformedProxy + each.Counters.InvalidSource + each.Counters.Silent + each.Counters.Limited + each.Counters.Faults + each.Counters.SendBufferFull + each.Counters.SendFailed)
            + reading.Streams.Sum(each => each.Counts.Silent + each.Counts.Faults);
        return new RatesJson(Environment.TickCount64 / 1000.0, queries, responses, dropped, reading.Listening.Tcp.Open, Environment.WorkingSet);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FaultJson))]
[JsonSerializable(typeof(ExplainedJson))]
[JsonSerializable(typeof(RatesJson))]
[JsonSerializable(typeof(ServerStatus))]
internal sealed partial class WebShapes : JsonSerializerContext;
