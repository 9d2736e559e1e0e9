// One UDP socket on a random port, connected to one resolver, with the queries that wait for an answer on it.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AltoDns.Protocol.Messages;

namespace AltoDns.Discovery.Resolving;

/// <summary>A query on its way, and what is needed to recognize its answer.</summary>
internal sealed class PendingQuery(QueryMessage message, ReadOnlyMemory<byte> cookie, bool expectsCookie)
{
    private readonly TaskCompletionSource<ResponseMessage> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public QueryMessage Message { get; } = message;

    public Task<ResponseMessage> Task => _completion.Task;

    /// <summary>Whether something came that may have been forged.</summary>
    public bool MetDoubt { get; private set; }

    /// <summary>Takes octets; true where they are the answer and nothing more is to wait for.</summary>
    public bool Offer(ReadOnlySpan<byte> octets)
    {
        var match = ResponseMessage.Read(octets, Message, cookie.Span, expectsCookie, out var response);
        MetDoubt |= match == ResponseMatch.Doubtful;
        return match == ResponseMatch.Answer && _completion.TrySetResult(response!);
    }

    public void Fail(Exception exception)
    {
        _completion.TrySetException(exception);
        _ = _completion.Task.Exception; // seen: nobody may be waiting any more
    }
}

/// <summary>The kernel gives the port at random and takes datagrams from the resolver alone. Safe for several threads.</summary>
internal sealed class UdpPort : IDisposable
{
    /// <summary>Queries after which a port is given up: an observer has no time to find it out.</summary>
    public const int MaxQueries = 32;

    private readonly Socket _socket;
    private readonly Lock _gate = new();
    private readonly Dictionary<ushort, PendingQuery> _pending = [];
    private int _used;
    private bool _isClosed;

    public UdpPort(IPEndPoint server)
    {
        _socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.Connect(server);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _ = ReceiveAsync();
    }

    /// <summary>Registers a query under an ID of its own; null where the port has had its share and another one is due.</summary>
    /// <param name="create">Makes the query for an ID.</param>
    public PendingQuery? TryOpen(Func<ushort, PendingQuery> create)
    {
        lock (_gate)
        {
            if (_isClosed || _used == MaxQueries)
            {
                return null;
            }

            _used++;
            ushort id;
            do
            {
                id = QueryMessage.DrawId();
            }
            while (_pending.ContainsKey(id));

            var query = create(id);
            _pending.Add(id, query);
            return query;
        }
    }

    public async ValueTask SendAsync(PendingQuery query, CancellationToken cancellationToken) =>
        await _socket.SendAsync(query.Message.Octets, SocketFlags.None, cancellationToken);

    /// <summary>Forgets a query: an answer that still comes is not looked at. Closes a port that is worn out and has no other.</summary>
    public void Close(PendingQuery query)
    {
        bool isDone;
        lock (_gate)
        {
            _pending.Remove(query.Message.Id);
            isDone = _pending.Count == 0 && _used == MaxQueries;
        }

        if (isDone)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        List<PendingQuery> left;
        lock (_gate)
        {
            _isClosed = true;
            left = [.. _pending.Values];
            _pending.Clear();
        }

        _socket.Dispose();
        left.ForEach(query => query.Fail(new IOException("The port was closed.")));
    }

    private async Task ReceiveAsync()
    {
        // One octet more than may come, so that what is larger shows.
        var buffer = new byte[QueryMessage.UdpPayloadSize + 1];
        while (true)
        {
            int length;
            try
            {
                length = await _socket.ReceiveAsync(buffer, SocketFlags.None);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
            {
                continue;
            }
            catch (SocketException exception) when (!_isClosed)
            {
                // An ICMP message: nobody listens there.
                FailAll(exception);
                continue;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }

            if (length is >= MessageHeader.Length and <= QueryMessage.UdpPayloadSize)
            {
                Offer(buffer.AsSpan(0, length));
            }
        }
    }

    private void Offer(ReadOnlySpan<byte> octets)
    {
        PendingQuery? query;
        lock (_gate)
        {
            _pending.TryGetValue(BinaryPrimitives.ReadUInt16BigEndian(octets), out query);
        }

        query?.Offer(octets);
    }

    private void FailAll(SocketException exception)
    {
        List<PendingQuery> waiting;
        lock (_gate)
        {
            waiting = [.. _pending.Values];
        }

        waiting.ForEach(query => query.Fail(exception));
    }
}
