// Counts answers by type of question and response code, and how long a sample of them took; one for each worker, so that counting costs one addition.

using System.Diagnostics;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Server.Observing;

/// <summary>Each answer is one cell's: whatever is summed over types or codes adds up.</summary>
/// <param name="isShared">Whether several threads count at once; otherwise one thread counts, and any may read.</param>
public sealed class AnswerTally(bool isShared)
{
    /// <summary>One in so many answers is timed.</summary>
    public const int SampleInterval = 64;

    private readonly long[] _answers = new long[AnswerCounts.Cells];
    private readonly long[] _durations = new long[AnswerCounts.DurationBounds.Count + 1];
    private long _durationTicks;
    private uint _seen;
    private long _received;
    private long _silent;
    private long _faults;

    /// <summary>Whether the answer that is about to be made is to be timed.</summary>
    /// <param name="begin">When it began, for <see cref="EndSample"/>; 0 where it is not timed.</param>
    public void BeginSample(out long begin) => begin = unchecked(++_seen) % SampleInterval == 0 ? Stopwatch.GetTimestamp() : 0;

    /// <param name="begin">From <see cref="BeginSample"/>.</param>
    public void EndSample(long begin)
    {
        if (begin == 0)
        {
            return;
        }

        var ticks = Stopwatch.GetTimestamp() - begin;
        var bucket = 0;
        var seconds = (double)ticks / Stopwatch.Frequency;
        while (bucket < AnswerCounts.DurationBounds.Count && seconds > AnswerCounts.DurationBounds[bucket])
        {
            bucket++;
        }

        Add(ref _durations[bucket], 1);
        Add(ref _durationTicks, ticks);
    }

    /// <summary>Counts an answer that was made.</summary>
    /// <param name="type">Of the question; <see cref="RecordType.None"/> where there was none, as in an update.</param>
    public void Count(RecordType type, ResponseCode code) => Add(ref _answers[AnswerCounts.CellOf(type, code)], 1);

    /// <summary>Counts an answer by the code in its header, which is all of it where EDNS adds nothing.</summary>
    public void Count(RecordType type, ReadOnlySpan<byte> response) => Count(type, (ResponseCode)(response[3] & 0x0F));

    /// <summary>Counts an answer of many messages by its first one.</summary>
    /// <param name="type">Of the question, until the answer is counted; then null.</param>
    public void CountFirst(ref RecordType? type, ReadOnlySpan<byte> response)
    {
        if (type is { } asked)
        {
            type = null;
            Count(asked, response);
        }
    }

    /// <summary>Counts messages that came, where no <see cref="Listening.UdpCounters"/> do.</summary>
    public void CountReceived(int messages) => Add(ref _received, messages);

    /// <summary>Counts a message that is not answered; as <see cref="CountReceived"/>.</summary>
    public void CountSilent() => Add(ref _silent, 1);

    /// <summary>Counts messages whose answering threw an exception; as <see cref="CountReceived"/>.</summary>
    public void CountFaults(int messages) => Add(ref _faults, messages);

    /// <summary>Adds what was counted so far.</summary>
    public void AddTo(AnswerCounts counts)
    {
        for (var i = 0; i < _answers.Length; i++)
        {
            counts.Answers[i] += Volatile.Read(ref _answers[i]);
        }

        for (var i = 0; i < _durations.Length; i++)
        {
            counts.Durations[i] += Volatile.Read(ref _durations[i]);
        }

        counts.DurationSeconds += (double)Volatile.Read(ref _durationTicks) / Stopwatch.Frequency;
        counts.Received += Volatile.Read(ref _received);
        counts.Silent += Volatile.Read(ref _silent);
        counts.Faults += Volatile.Read(ref _faults);
    }

    private void Add(ref long cell, long value)
    {
        if (isShared)
        {
            Interlocked.Add(ref cell, value);
        }
        else
        {
            cell += value;
        }
    }
}

/// <summary>A tally for many threads: they are spread over several, so that they seldom wait for each other.</summary>
public sealed class SpreadTally
{
    private const int Width = 8;

    private readonly AnswerTally[] _tallies = [.. Enumerable.Range(0, Width).Select(_ => new AnswerTally(isShared: true))];

    /// <summary>The one that this thread counts with.</summary>
    public AnswerTally Mine => _tallies[Environment.CurrentManagedThreadId % Width];

    /// <summary>Adds what was counted so far.</summary>
    public void AddTo(AnswerCounts counts)
    {
        foreach (var tally in _tallies)
        {
            tally.AddTo(counts);
        }
    }
}
