// Stands before a server, passes its answers on by UDP, and flips a bit in a record of each where it is told to.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AltoDns.Harness.Network;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Dnssec.Tree;

/// <param name="Type">Records of this type,</param>
/// <param name="IsSignature">or their signatures.</param>
internal sealed record Alteration(RecordType Type, bool IsSignature);

internal sealed class AlteringServer : IDisposable
{
    private const int FixedRecordLength = 10;

    // The bit that tells upper case from lower case: names in signed data have neither (RFC 4034 §6.2).
    private const int CaseBit = 5;

    private readonly Socket _listener;
    private readonly Socket _upstream;
    private readonly IPEndPoint _server;
    private readonly Dictionary<ushort, (EndPoint Client, ushort Id)> _waiting = [];
    private readonly Random _random = new(1);
    private ushort _next;
    private int _altered;

    public AlteringServer(NetworkNamespace network, IPEndPoint endpoint, IPEndPoint server)
    {
        _server = server;
        _listener = network.Call(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        _upstream = network.Call(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        _listener.Bind(endpoint);
        _upstream.Bind(new IPEndPoint(endpoint.Address, 0));
        new Thread(PassQueries) { IsBackground = true }.Start();
        new Thread(PassAnswers) { IsBackground = true }.Start();
    }

    /// <summary>What to alter from now on; null: nothing.</summary>
    public volatile Alteration? Alteration;

    /// <summary>Answers altered so far.</summary>
    public int Altered => Volatile.Read(ref _altered);

    public void Dispose()
    {
        _listener.Dispose();
        _upstream.Dispose();
    }

    private void PassQueries()
    {
        var buffer = new byte[ushort.MaxValue];
        EndPoint client = new IPEndPoint(IPAddress.Any, 0);
        while (TryReceive(_listener, buffer, ref client, out var length))
        {
            lock (_waiting)
            {
                _waiting[++_next] = (client, BinaryPrimitives.ReadUInt16BigEndian(buffer));
                BinaryPrimitives.WriteUInt16BigEndian(buffer, _next);
            }

            TrySend(_upstream, buffer.AsSpan(0, length), _server);
        }
    }

    private void PassAnswers()
    {
        var buffer = new byte[ushort.MaxValue];
        EndPoint server = new IPEndPoint(IPAddress.Any, 0);
        while (TryReceive(_upstream, buffer, ref server, out var length))
        {
            EndPoint client;
            lock (_waiting)
            {
                if (!_waiting.Remove(BinaryPrimitives.ReadUInt16BigEndian(buffer), out var query))
                {
                    continue;
                }

                client = query.Client;
                BinaryPrimitives.WriteUInt16BigEndian(buffer, query.Id);
            }

            if (Alteration is { } alteration)
            {
                Alter(buffer.AsSpan(0, length), alteration);
            }

            TrySend(_listener, buffer.AsSpan(0, length), client);
        }
    }

    private void Alter(Span<byte> message, Alteration alteration)
    {
        var found = FindData(message, alteration);
        if (found.Count > 0)
        {
            var (start, length) = found[_random.Next(found.Count)];
            var bit = _random.Next(7);
            message[start + _random.Next(length)] ^= (byte)(1 << (bit < CaseBit ? bit : bit + 1));
            Interlocked.Increment(ref _altered);
        }
    }

    private static List<(int Start, int Length)> FindData(ReadOnlySpan<byte> message, Alteration alteration)
    {
        var found = new List<(int Start, int Length)>();
        MessageHeader.TryRead(message, out var header);
        var position = SkipName(message, MessageHeader.Length) + 4;
        for (var i = 0; i < header.AnswerCount + header.AuthorityCount; i++)
        {
            position = SkipName(message, position);
            var type = (RecordType)BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(message[(position + 8)..]);
            position += FixedRecordLength;
            if (alteration.IsSignature
                ? type == RecordType.RRSIG && (RecordType)BinaryPrimitives.ReadUInt16BigEndian(message[position..]) == alteration.Type
                : type == alteration.Type)
            {
                found.Add((position, length));
            }

            position += length;
        }

        return found;
    }

    private static int SkipName(ReadOnlySpan<byte> message, int position)
    {
        while (message[position] is > 0 and < 0xC0)
        {
            position += message[position] + 1;
        }

        return position + (message[position] == 0 ? 1 : 2);
    }

    private static bool TryReceive(Socket socket, byte[] buffer, ref EndPoint from, out int length)
    {
        while (true)
        {
            try
            {
                length = socket.ReceiveFrom(buffer, ref from);
                return true;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
            {
                // Who asked has gone.
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                length = 0;
                return false;
            }
        }
    }

    private static void TrySend(Socket socket, ReadOnlySpan<byte> message, EndPoint to)
    {
        try
        {
            socket.SendTo(message, to);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Lost, as datagrams may be.
        }
    }
}
