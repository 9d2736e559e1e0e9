// One TCP connection: reads messages, answers each in turn, sends the answers in batches, until someone ends it.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AltoDns.Protocol.Records;
using AltoDns.Server.Answering;
using AltoDns.Server.Observing;

namespace AltoDns.Server.Listening;

/// <summary>
/// Holds no buffer while idle between messages. All queries that have come are answered before anything is sent, so that pipelined ones
/// share their packets (RFC 7766 §6.2.1.1); answers keep the order of the queries.
/// </summary>
internal sealed class TcpConnection
{
    // Answers are sent once so many octets are waiting, or the queries that have come are answered.
    private const int BatchSize = 16 * 1024;
    private const int LeastRead = 512;

    // A client that never pauses gives way to the others after so many batches.
    private const int BatchesUntilYield = 16;

    [ThreadStatic]
    private static byte[]? _scratch;

    private readonly ConnectionChannel _channel;
    private readonly TcpConnectionTable _table;
    private readonly QueryHandler _handler;
    private readonly StreamHandler? _streamHandler;
    private readonly TimeProvider _timeProvider;
    private readonly HandlerFaultLog _faultLog;
    private IPEndPoint _client;
    private byte[] _address;
    private StreamBuffer _input;
    private StreamBuffer _output;
    private int _needed;
    private int _unsent;
    private int _closing;

    // The answer of many messages that is on its way; queries behind it wait.
    private SequenceSender? _sequence;

    private volatile TcpPhase _phase;
    private long _since;

    /// <param name="channel">Connected; the connection owns it.</param>
    /// <param name="client">The client's address and port.</param>
    /// <param name="streamHandler">Null where no answer takes many messages.</param>
    public TcpConnection(
        ConnectionChannel channel,
        IPEndPoint client,
        TcpConnectionTable table,
        QueryHandler handler,
        StreamHandler? streamHandler,
        TimeProvider timeProvider,
        HandlerFaultLog faultLog)
    {
        _channel = channel;
        _table = table;
        _handler = handler;
        _streamHandler = streamHandler;
        _timeProvider = timeProvider;
        _faultLog = faultLog;
        Interlocked.Add(ref _table.Tally.TlsSessions, _channel.IsEncrypted ? 1 : 0);
        _client = client;
        _address = client.Address.GetAddressBytes();
        _since = timeProvider.GetTimestamp();
        Client = table.ClientOf(client.Address);
    }

    /// <summary>Whom it is counted for; null for a proxy's, until it has said for whom it is. Changed by the table.</summary>
    public ClientNetwork? Client { get; set; }

    public TcpPhase Phase => _phase;

    /// <summary>When the phase began, as <see cref="TimeProvider.GetTimestamp"/> tells it.</summary>
    public long Since => Volatile.Read(ref _since);

    /// <summary>Runs the connection: what has come already on the calling thread, the rest on the thread pool. Its end is told to the table.</summary>
    public void Start() => _ = RunAsync();

    /// <summary>Lets what has come be answered, then closes. True for the first caller that ends the connection.</summary>
    public bool Finish()
    {
        var first = Interlocked.Exchange(ref _closing, 1) == 0;
        _channel.EndReceiving();
        return first;
    }

    /// <summary>Closes at once, by a reset, so that the system holds nothing back. True for the first caller that ends the connection.</summary>
    public bool Abort()
    {
        var first = Interlocked.Exchange(ref _closing, 1) == 0;
        _channel.Reset();
        return first;
    }

    private SpreadTally Tallies => _channel.IsEncrypted ? _table.TlsAnswers : _table.PlainAnswers;

    private AnswerTally Answers => Tallies.Mine;

    private async Task RunAsync()
    {
        try
        {
            if (await TryBeginAsync())
            {
                await ServeAsync();
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
        {
            if (Interlocked.Exchange(ref _closing, 1) == 0)
            {
                Interlocked.Increment(ref _table.Tally.Failed);
            }
        }
        finally
        {
            _sequence?.End();
            _channel.Dispose();
            _input.Release();
            _output.Release();
            _table.Remove(this);
        }
    }

    // What comes before the first message has a message's time.
    private async Task<bool> TryBeginAsync()
    {
        var isProxy = Client is null;
        if (!isProxy && !_channel.IsEncrypted)
        {
            return true;
        }

        Enter(TcpPhase.Reading);
        var client = await ConnectionOpening.OpenAsync(_channel, _client, isProxy, _table.Tally);
        if (client is null || (isProxy && !_table.TryIdentify(this, client.Address)))
        {
            Interlocked.Exchange(ref _closing, 1);
            return false;
        }

        _client = client;
        _address = client.Address.GetAddressBytes();
        Enter(TcpPhase.Idle);
        return true;
    }

    private async Task ServeAsync()
    {
        for (var batch = 1; ; batch++)
        {
            if (_input.Length == 0 && batch > 1)
            {
                // An empty read waits for octets without a buffer to put them into; the first message is as good as here.
                await _channel.ReceiveAsync(Memory<byte>.Empty);
            }

            var read = await _channel.ReceiveAsync(_input.Reserve(Math.Max(LeastRead, _needed - _input.Length)));
            if (read == 0)
            {
                return;
            }

            _input.Advance(read);
            var answered = 0;
            bool goOn, more;
            do
            {
                goOn = AnswerBatch(out more, ref answered);
                await SendAsync();
                goOn = goOn && (_sequence is null || await SendSequenceAsync(_sequence));
            }
            while (goOn && more);

            if (!goOn)
            {
                return;
            }

            // The time for a message runs from its first octet, whatever trickles in after it.
            var phase = _input.Length == 0 ? TcpPhase.Idle : TcpPhase.Reading;
            if (answered > 0 || phase != _phase)
            {
                Enter(phase);
            }

            if (batch % BatchesUntilYield == 0)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>Answers messages until the batch is full or none is left. False where the connection has to end after what was answered.</summary>
    /// <param name="more">Whether another message may be waiting already.</param>
    private bool AnswerBatch(out bool more, ref int answered)
    {
        more = false;
        var response = _scratch ??= GC.AllocateUninitializedArray<byte>(ushort.MaxValue);
        var received = 0;
        var goOn = true;
        while (goOn && _sequence is null && _output.Length < BatchSize)
        {
            var outcome = MessageFraming.Read(_input.Filled.Span, out var message, out _needed);
            if (outcome == FrameOutcome.Incomplete)
            {
                break;
            }

            goOn = outcome == FrameOutcome.Message && TryAnswer(message, response);
            received += outcome == FrameOutcome.Message ? 1 : 0;
            if (goOn)
            {
                _input.Consume(MessageFraming.PrefixLength + message.Length);
                answered++;
            }
            else if (outcome == FrameOutcome.Malformed)
            {
                EndMalformed();
            }
        }

        more = goOn && (_output.Length >= BatchSize || _sequence is not null);
        Interlocked.Add(ref _table.Tally.Received, received);
        Answers.CountReceived(received);
        return goOn;
    }

    private bool TryAnswer(ReadOnlySpan<byte> message, byte[] response)
    {
        int length;
        var tally = Answers;
        tally.BeginSample(out var begin);
        try
        {
            var now = _timeProvider.GetUtcNow();
            var context = new QueryContext
            {
                Transport = Transport.Tcp,
                ClientAddress = _address,
                ClientPort = (ushort)_client.Port,
                IsEncrypted = _channel.IsEncrypted,
                UnixTime = (uint)now.ToUnixTimeSeconds(),
                Milliseconds = (ushort)now.Millisecond,
                IdleTimeout = (ushort)Math.Min(_table.CurrentIdleTimeout.TotalMilliseconds / 100, ushort.MaxValue),
                Tally = tally,
            };
            if (_streamHandler?.Invoke(message, context) is { } sequence)
            {
                var type = QueryParser.Parse(message, out var query) == ParseOutcome.Answerable ? query.Type : RecordType.None;
                _sequence = new SequenceSender(sequence, type, _channel, _table.Tally, Tallies, Enter);
                return true;
            }

            length = _handler(message, response, context);
            tally.EndSample(begin);
        }
        catch (Exception exception)
        {
            EndFaulty(exception);
            return false;
        }

        if (length == 0)
        {
            tally.CountSilent();
            EndMalformed();
            return false;
        }

        // Length and message leave in one write (RFC 7766 §8).
        var frame = _output.Reserve(MessageFraming.PrefixLength + length).Span;
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)length);
        response.AsSpan(0, length).CopyTo(frame[MessageFraming.PrefixLength..]);
        _output.Advance(MessageFraming.PrefixLength + length);
        _unsent++;
        return true;
    }

    /// <summary>Sends an answer of many messages. False where the connection has to end.</summary>
    private async ValueTask<bool> SendSequenceAsync(SequenceSender sequence)
    {
        if (await sequence.SendAsync() is { } fault)
        {
            EndFaulty(fault);
            return false;
        }

        _sequence = null;
        sequence.End();
        return true;
    }

    private void EndFaulty(Exception exception)
    {
        Interlocked.Exchange(ref _closing, 1);
        Interlocked.Increment(ref _table.Tally.Faults);
        Answers.CountFaults(_sequence is null or { IsCounted: false } ? 1 : 0);
        _faultLog.Report(exception);
    }

    private void EndMalformed()
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0)
        {
            Interlocked.Increment(ref _table.Tally.ClosedMalformed);
        }
    }

    private async ValueTask SendAsync()
    {
        if (_output.Length == 0)
        {
            return;
        }

        Enter(TcpPhase.Writing);
        while (_output.Length > 0)
        {
            _output.Consume(await _channel.SendAsync(_output.Filled));
        }

        Interlocked.Add(ref _table.Tally.Answered, _unsent);
        _unsent = 0;
    }

    private void Enter(TcpPhase phase)
    {
        Volatile.Write(ref _since, _timeProvider.GetTimestamp());
        _phase = phase;
    }
}
