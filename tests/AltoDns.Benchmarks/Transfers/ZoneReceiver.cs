// Takes a zone as a secondary does, but does nothing with it: the same receiver for every server.

using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Benchmarks.Transfers;

/// <param name="Elapsed">From the request's first octet sent to the last octet received, without the time to connect.</param>
internal readonly record struct Received(TimeSpan Elapsed, int Records, int Messages, long Octets);

internal static class ZoneReceiver
{
    private const int RecordCountOffset = 6;

    /// <summary>Transfers a zone in full.</summary>
    /// <param name="records">How many come, the last SOA included.</param>
    /// <exception cref="InvalidOperationException">The server refuses, or sends another number of records.</exception>
    public static Received Transfer(IPEndPoint server, DomainName zone, int records)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        socket.Connect(server);
        var buffer = new byte[1 << 20];
        var request = Request(zone);
        var clock = Stopwatch.StartNew();
        socket.Send(request);
        int received = 0, messages = 0, length = 0;
        var octets = 0L;
        while (received < records)
        {
            var read = socket.Receive(buffer.AsSpan(length));
            if (read == 0)
            {
                throw new InvalidOperationException($"{server} ended after {received} of {records} records.");
            }

            octets += read;
            length += read;
            var start = 0;
            while (length - start >= sizeof(ushort) && BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(start)) is var message && length - start >= sizeof(ushort) + message)
            {
                var octetsOfMessage = buffer.AsSpan(start + sizeof(ushort), message);
                if (!MessageHeader.TryRead(octetsOfMessage, out var header) || header.ResponseCode != ResponseCode.NoError)
                {
                    throw new InvalidOperationException($"{server} answers {header.ResponseCode}.");
                }

                received += BinaryPrimitives.ReadUInt16BigEndian(octetsOfMessage[RecordCountOffset..]);
                messages++;
                start += sizeof(ushort) + message;
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
        }

        return received == records && length == 0
            ? new Received(clock.Elapsed, received, messages, octets)
            : throw new InvalidOperationException($"{server} sent {received} records where {records} were expected.");
    }

    private static byte[] Request(DomainName zone)
    {
        var buffer = new byte[512];
        var writer = new WireWriter(buffer.AsSpan(sizeof(ushort) + MessageHeader.Length));
        new Question(zone, RecordType.AXFR, RecordClass.Internet).Write(ref writer);
        var length = MessageHeader.Length + writer.Position;
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)length);
        new MessageHeader(1, MessageFlags.None, Opcode.Query, ResponseCode.NoError, 1, 0, 0, 0).Write(buffer.AsSpan(sizeof(ushort)));
        return buffer[..(sizeof(ushort) + length)];
    }
}
