// Sends an answer of many messages over a connection, as fast as the client reads and queries leave time for.

using System.Buffers.Binary;
using AltoDns.Protocol.Records;
using AltoDns.Server.Observing;

namespace AltoDns.Server.Listening;

/// <summary>Used once. What fits into the first batch is made at once; the rest on threads that queries go before.</summary>
/// <param name="type">What was asked for; it is counted once.</param>
/// <param name="answers">Where the answer is counted by its first message.</param>
/// <param name="enter">Told what the connection is waiting for.</param>
internal sealed class SequenceSender(
    IMessageSequence sequence, RecordType type, ConnectionChannel channel, TcpTally tally, SpreadTally answers, Action<TcpPhase> enter)
{
    // The differences of a few changes, and small zones.
    private const int FirstBatchSize = 16 * 1024;
    private const int BatchSize = 64 * 1024;

    private RecordType? _type = type;
    private StreamBuffer _output;
    private int _unsent;
    private bool _isComplete;

    /// <summary>Whether the answer has been counted.</summary>
    public bool IsCounted => _type is null;

    /// <summary>Sends all messages; ends on a thread of the pool.</summary>
    /// <returns>What kept a message from being made; null where all were sent.</returns>
    public async Task<Exception?> SendAsync()
    {
        if (!sequence.Ready.IsCompleted)
        {
            enter(TcpPhase.Waiting);
            await sequence.Ready;
        }

        try
        {
            for (var size = FirstBatchSize; ; size = BatchSize)
            {
                if (Fill(size) is { } fault)
                {
                    return fault;
                }

                await SendBatchAsync();
                if (_isComplete)
                {
                    return null;
                }

                // Where queries leave no time the client is not to blame.
                enter(TcpPhase.Waiting);
                await BackgroundThreads.Enter();
            }
        }
        finally
        {
            await BackgroundThreads.Leave();
        }
    }

    /// <summary>Disposes of the sequence, sent or not.</summary>
    public void End()
    {
        sequence.Dispose();
        _output.Release();
    }

    private Exception? Fill(int size)
    {
        try
        {
            while (!_isComplete && _output.Length < size)
            {
                var room = _output.Reserve(MessageFraming.PrefixLength + ushort.MaxValue).Span[..(MessageFraming.PrefixLength + ushort.MaxValue)];
                var length = sequence.Next(room[MessageFraming.PrefixLength..]);
                _isComplete = length == 0;
                if (!_isComplete)
                {
                    answers.Mine.CountFirst(ref _type, room[MessageFraming.PrefixLength..]);
                    BinaryPrimitives.WriteUInt16BigEndian(room, (ushort)length);
                    _output.Advance(MessageFraming.PrefixLength + length);
                    _unsent++;
                }
            }

            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private async ValueTask SendBatchAsync()
    {
        enter(TcpPhase.Writing);
        while (_output.Length > 0)
        {
            _output.Consume(await channel.SendAsync(_output.Filled));
        }

        Interlocked.Add(ref tally.Answered, _unsent);
        _unsent = 0;
    }
}
