// Answers that are sent later than their request is handled, such as those to updates, which wait for the disk.

using AltoDns.Protocol.Records;
using AltoDns.Server.Observing;

namespace AltoDns.Server.Listening;

/// <summary>Where an answer goes that is not there yet.</summary>
public abstract class PendingAnswer
{
    /// <summary>What a <see cref="QueryHandler"/> returns that has taken on to answer later.</summary>
    public const int Deferred = -1;

    /// <summary>What a <see cref="QueryHandler"/> returns that keeps an answer back, as its client has had too many.</summary>
    public const int Limited = -2;

    /// <summary>Sends the answer. Called once, from any thread; never throws, and a client that is gone gets nothing.</summary>
    public abstract void Complete(ReadOnlySpan<byte> response);
}

/// <summary>Counts the answer when it is sent.</summary>
/// <param name="tally">One that is shared.</param>
internal sealed class CountedAnswer(PendingAnswer inner, AnswerTally tally) : PendingAnswer
{
    public override void Complete(ReadOnlySpan<byte> response)
    {
        tally.Count(RecordType.None, response);
        inner.Complete(response);
    }
}

/// <summary>What can remember whom an answer is for while its request is handled.</summary>
public interface IAnswersLater
{
    /// <summary>Where the answer to the request that is being handled goes; null where it has to be answered at once.</summary>
    PendingAnswer? Defer();
}
