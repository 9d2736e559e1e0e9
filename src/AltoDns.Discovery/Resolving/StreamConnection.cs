// One connection to a resolver: messages with their length before them, answers in any order (RFC 7766 §6.2.1.1, §8).

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;

namespace AltoDns.Discovery.Resolving;

/// <summary>Ends itself when it has been idle for a while. Safe for several threads.</summary>
internal sealed class StreamConnection : IAsyncDisposable
{
    private const int LengthOctets = sizeof(ushort);

    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(10);

    private readonly Stream _stream;
    private readonly TimeProvider _time;
    private readonly ITimer _idleTimer;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<ushort, PendingQuery> _pending = [];
    private long _lastUse;
    private bool _isClosed;

    public StreamConnection(Stream stream, TimeProvider time)
    {
        _stream = stream;
        _time = time;
        _lastUse = time.GetTimestamp();
        _idleTimer = time.CreateTimer(_ => CloseIfIdle(), null, IdleLimit, IdleLimit);
        _ = ReadAsync();
    }

    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return !_isClosed;
            }
        }
    }

    /// <exception cref="IOException">The connection ended before the answer.</exception>
    public async Task<ResponseMessage> AskAsync(Query query, QueryForm form, CancellationToken cancellationToken)
    {
        var pending = Open(query, form);
        try
        {
            var octets = pending.Message.Octets;
            var framed = new byte[LengthOctets + octets.Length];
            BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)octets.Length);
            octets.CopyTo(framed.AsMemory(LengthOctets));
            await _writing.WaitAsync(cancellationToken);
            try
            {
                // Half a message would spoil all that follow, so its writing is not cancelled.
                await _stream.WriteAsync(framed, CancellationToken.None);
            }
            finally
            {
                _writing.Release();
            }

            return await pending.Task.WaitAsync(cancellationToken);
        }
        catch (ObjectDisposedException exception)
        {
            throw new IOException("The connection was closed.", exception);
        }
        finally
        {
            lock (_gate)
            {
                _pending.Remove(pending.Message.Id);
                _lastUse = _time.GetTimestamp();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        End();
        await _stream.DisposeAsync();
        await _idleTimer.DisposeAsync();
    }

    private PendingQuery Open(in Query query, in QueryForm form)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                throw new IOException("The connection was closed.");
            }

            ushort id;
            do
            {
                id = QueryMessage.DrawId();
            }
            while (_pending.ContainsKey(id));

            var pending = new PendingQuery(QueryMessage.Create(query, form, id), form.Cookie, expectsCookie: false);
            _pending.Add(id, pending);
            return pending;
        }
    }

    private async Task ReadAsync()
    {
        var length = new byte[LengthOctets];
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(length);
                int octets = BinaryPrimitives.ReadUInt16BigEndian(length);
                if (buffer.Length < octets)
                {
                    buffer = new byte[ushort.MaxValue];
                }

                await _stream.ReadExactlyAsync(buffer.AsMemory(0, octets));
                Offer(buffer.AsSpan(0, octets));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            End();
            await _stream.DisposeAsync();
            await _idleTimer.DisposeAsync();
        }
    }

    private void Offer(ReadOnlySpan<byte> octets)
    {
        PendingQuery? query = null;
        lock (_gate)
        {
            if (octets.Length >= MessageHeader.Length)
            {
                _pending.TryGetValue(BinaryPrimitives.ReadUInt16BigEndian(octets), out query);
            }
        }

        // Whoever speaks here is the server; what it says and cannot be used fails the query at once.
        if (query is not null && !query.Offer(octets))
        {
            query.Fail(new IOException("The answer over TCP cannot be read."));
        }
    }

    private void CloseIfIdle()
    {
        bool isIdle;
        lock (_gate)
        {
            isIdle = _pending.Count == 0 && _time.GetElapsedTime(_lastUse) >= IdleLimit;
        }

        if (isIdle)
        {
            End();
            _stream.Dispose();
        }
    }

    private void End()
    {
        List<PendingQuery> waiting;
        lock (_gate)
        {
            _isClosed = true;
            waiting = [.. _pending.Values];
        }

        waiting.ForEach(query => query.Fail(new IOException("The server ended the connection.")));
    }
}
