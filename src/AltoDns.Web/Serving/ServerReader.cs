// Reads what the server does at the moment, for metrics and the page.

using AltoDns.Server.Control;
using AltoDns.Server.Listening;
using AltoDns.Server.Observing;
using AltoDns.Web.Metrics;

namespace AltoDns.Web.Serving;

/// <summary>Safe for any number of threads.</summary>
/// <param name="overHttps">What was answered over HTTPS; null where nothing is.</param>
/// <param name="tellsZones">Whether metrics are told of each zone.</param>
public sealed class ServerReader(ControlHandler control, DnsServer server, SpreadTally? overHttps, bool tellsZones, TimeProvider timeProvider)
{
    /// <summary>As <c>altodns status</c> tells it.</summary>
    public async Task<ServerStatus> StatusAsync() => (await control.HandleAsync(new ControlRequest("status"))).Status!;

    public async Task<ServerReading> ReadAsync()
    {
        // Sums before their parts: what is counted meanwhile is not missing in them.
        var listening = server.Counters;
        var answers = server.Answers.ToList();
        if (overHttps is not null)
        {
            var counts = new AnswerCounts();
            overHttps.AddTo(counts);
            answers.Add(("https", counts));
        }

        var counters = (await control.HandleAsync(new ControlRequest("stats"))).Counters!;
        return new ServerReading(await StatusAsync(), listening, answers, counters, timeProvider.GetUtcNow(), tellsZones);
    }
}
