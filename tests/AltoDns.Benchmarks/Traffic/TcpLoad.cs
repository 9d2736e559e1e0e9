// Loads a server by TCP: connections that carry a number of queries each, pipelined, and are then closed.

using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AltoDns.Benchmarks.Traffic;

/// <summary>
/// Closed loop of some connections at once. Each comes from another address of 127.0.0.0/8, so that those which wait for
/// late segments after their end (RFC 9293 §3.6.1) do not use up the ports. Used by one thread, which never sleeps.
/// </summary>
/// <param name="perConnection">Queries of a connection, all sent at once.</param>
/// <param name="connections">How many are open at once.</param>
/// <param name="silence">How long without any answer counts as a loss; null for a second.</param>
internal sealed class TcpLoad(IPEndPoint server, QueryTrains queries, int perConnection, int connections, TimeSpan? silence = null)
{
    private readonly long _silence = (long)((silence ?? TimeSpan.FromSeconds(1)).TotalSeconds * Stopwatch.Frequency);

    private int _nextPosition;
    private int _nextAddress;

    /// <summary>A wrong answer in hexadecimal; null where all were right.</summary>
    public string? FirstWrong { get; private set; }

    /// <summary>Opens connections until enough queries are sent or the time is over, and closes them when all are answered.</summary>
    public LoadResult Run(long count, TimeSpan limit)
    {
        long sent = 0, answered = 0, lost = 0, wrong = 0, octets = 0;
        var open = new List<Connection>(connections);
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(limit.TotalSeconds * Stopwatch.Frequency);
        var lastAnswer = start;
        try
        {
            while (true)
            {
                var mayGoOn = sent < count && Stopwatch.GetTimestamp() < end;
                while (mayGoOn && open.Count < connections && sent < count)
                {
                    open.Add(Open());
                    sent += perConnection;
                }

                if (open.Count == 0)
                {
                    return new LoadResult(sent, answered, lost, wrong, octets, Stopwatch.GetElapsedTime(start, lastAnswer));
                }

                for (var i = open.Count - 1; i >= 0; i--)
                {
                    var connection = open[i];
                    var before = connection.Answered;
                    var goesOn = connection.Receive();
                    if (connection.Answered > before)
                    {
                        lastAnswer = Stopwatch.GetTimestamp();
                    }

                    if (goesOn && Stopwatch.GetTimestamp() - lastAnswer < _silence)
                    {
                        continue;
                    }

                    answered += connection.Answered;
                    lost += perConnection - connection.Answered;
                    wrong += connection.Wrong;
                    FirstWrong ??= connection.FirstWrong;
                    octets += connection.Octets;
                    connection.Dispose();
                    open.RemoveAt(i);
                }
            }
        }
        finally
        {
            open.ForEach(connection => connection.Dispose());
        }
    }

    private Connection Open()
    {
        var address = _nextAddress++ % 60_000;
        var source = new IPAddress([127, 1, (byte)(address / 250), (byte)(1 + (address % 250))]);
        var first = _nextPosition;
        _nextPosition = (_nextPosition + perConnection) % (queries.Count - perConnection);
        return new Connection(source, server, queries, first, perConnection);
    }

    private sealed class Connection : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly QueryTrains _queries;
        private readonly int _first;
        private readonly int _count;
        private readonly byte[] _buffer;
        private int _length;

        public Connection(IPAddress source, IPEndPoint server, QueryTrains queries, int first, int count)
        {
            (_queries, _first, _count) = (queries, first, count);
            _buffer = new byte[count * 512];
            _socket.Bind(new IPEndPoint(source, 0));
            _socket.Connect(server);
            _socket.Blocking = false;
            var length = 0;
            for (var position = first; position < first + count; position++)
            {
                var message = queries.Message(position);
                BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(length), (ushort)message.Length);
                message.CopyTo(_buffer.AsSpan(length + sizeof(ushort)));
                length += sizeof(ushort) + message.Length;
            }

            _socket.Send(_buffer.AsSpan(0, length));
        }

        public int Answered { get; private set; }

        public int Wrong { get; private set; }

        public int Octets { get; private set; }

        public string? FirstWrong { get; private set; }

        /// <summary>Takes what has come.</summary>
        /// <returns>Whether more is to come.</returns>
        public bool Receive()
        {
            var count = _socket.Receive(_buffer.AsSpan(_length), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return true;
            }

            if (count == 0)
            {
                return false;
            }

            _length += count;
            var start = 0;
            while (_length - start > sizeof(ushort)
                && BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(start)) is var length
                && start + sizeof(ushort) + length <= _length)
            {
                Take(_buffer.AsSpan(start + sizeof(ushort), length));
                start += sizeof(ushort) + length;
            }

            _buffer.AsSpan(start.._length).CopyTo(_buffer);
            _length -= start;
            return Answered < _count;
        }

        public void Dispose() => _socket.Dispose();

        // Answers may come in any order (RFC 7766 §6.2.1.1); the IDs of neighbours are neighbours.
        private void Take(ReadOnlySpan<byte> answer)
        {
            var index = answer.Length < sizeof(ushort) ? -1 : (ushort)(BinaryPrimitives.ReadUInt16BigEndian(answer) - _first);
            var isRight = index >= 0 && index < _count && _queries.Answer(_first + index).IsMet(_queries.Message(_first + index), answer);
            Answered++;
            Wrong += isRight ? 0 : 1;
            FirstWrong ??= isRight ? null : $"query {index} of {_count} was answered {Convert.ToHexString(answer)}";
            Octets += answer.Length;
        }
    }
}
