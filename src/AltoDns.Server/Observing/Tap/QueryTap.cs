// Stands between listeners and answers where somebody watches; where nobody does, it is not there.

using AltoDns.Server.Answering;
using AltoDns.Server.Listening;

namespace AltoDns.Server.Observing.Tap;

/// <summary>What watching has done since the start.</summary>
/// <param name="DnstapSent">Messages written to the dnstap socket.</param>
/// <param name="DnstapDropped">Questions whose messages found no room.</param>
/// <param name="SampleLogged">Questions written to the log or the file.</param>
/// <param name="SampleDropped">Sampled questions that found no room.</param>
public readonly record struct TapCounters(long DnstapSent, long DnstapDropped, long SampleLogged, long SampleDropped);

/// <summary>Safe for any number of threads.</summary>
public sealed class QueryTap
{
    // At 16,384 places of half a kilobyte a pause of a tenth of a second at 100,000 questions a second is bridged.
    private const int DnstapPlaces = 16_384;
    private const int SamplePlaces = 1024;

    private readonly QueryHandler _answer;
    private readonly int _oneIn;

    [ThreadStatic]
    private static uint _asked;

    public QueryTap(TapOptions options, QueryHandler answer)
    {
        _answer = answer;
        _oneIn = options.SampleOneIn;
        Dnstap = options.DnstapSocket is null ? null : new TapRing(DnstapPlaces);
        Samples = options.SampleOneIn == 0 ? null : new TapRing(SamplePlaces);
    }

    public TapCounters Counters => new(
        Interlocked.Read(ref DnstapSent), Dnstap?.Dropped ?? 0, Interlocked.Read(ref SampleLogged), Samples?.Dropped ?? 0);

    internal TapRing? Dnstap { get; }

    internal TapRing? Samples { get; }

    internal long DnstapSent;

    internal long SampleLogged;

    /// <inheritdoc cref="QueryHandler"/>
    public int Process(ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context)
    {
        var length = _answer(request, response, context);
        var sent = response[..Math.Max(length, 0)];
        Dnstap?.Add(request, sent, context);
        if (Samples is not null && ++_asked % (uint)_oneIn == 0)
        {
            Samples.Add(request, sent, context);
        }

        return length;
    }
}
