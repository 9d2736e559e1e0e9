// Asks one server for the DS RRset of a zone: over UDP, then over TCP where the answer does not fit.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Server.Signing;

/// <summary>The DS records of one server, possibly none, and their TTL.</summary>
internal sealed record DsAnswer(IReadOnlyList<DsData> Records, TimeSpan TimeToLive);

internal sealed class DsClient(TimeProvider timeProvider)
{
    private const int Attempts = 3;
    private const int MaxDatagram = 1232;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Null where the server is silent, refuses, or does not know: a referral, SERVFAIL, an answer to something else.</summary>
    /// <param name="isParent">Whether the server is one of the parent's, which answers by its own authority; else it is a resolver.</param>
    public async Task<DsAnswer?> AskAsync(IPEndPoint server, DomainName zone, bool isParent, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            using var limit = new CancellationTokenSource(Patience, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            try
            {
                var query = MakeQuery(zone, isParent);
                var response = await AskDatagramAsync(server, query, either.Token);
                if (IsTruncated(response))
                {
                    response = await AskStreamAsync(server, query, either.Token);
                }

                return IsAnswerTo(query, response) ? Read(response, zone, isParent) : null;
            }
            catch (Exception exception) when (exception is SocketException or IOException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                // Silent or unreachable; the next attempt may do better.
            }
        }

        return null;
    }

    private static byte[] MakeQuery(DomainName zone, bool isParent)
    {
        var buffer = new byte[512];
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        new MessageHeader(id, isParent ? MessageFlags.None : MessageFlags.RecursionDesired, Opcode.Query, ResponseCode.NoError, 1, 0, 0, 1).Write(buffer);
        var writer = new WireWriter(buffer.AsSpan(MessageHeader.Length));
        new Question(zone, RecordType.DS, RecordClass.Internet).Write(ref writer);
        new OptRecord { UdpPayloadSize = MaxDatagram }.Write(ref writer);
        return buffer[..(MessageHeader.Length + writer.Position)];
    }

    // A connected socket takes datagrams of that server alone, and has a port of its own for each question (RFC 5452 §4).
    private static async Task<byte[]> AskDatagramAsync(IPEndPoint server, byte[] query, CancellationToken cancellation)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellation);
        await socket.SendAsync(query, cancellation);
        var buffer = new byte[ushort.MaxValue];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, cancellation);
            if (IsAnswerTo(query, buffer.AsSpan(0, length)))
            {
                return buffer[..length];
            }
        }
    }

    private static async Task<byte[]> AskStreamAsync(IPEndPoint server, byte[] query, CancellationToken cancellation)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, cancellation);
        await using var stream = new NetworkStream(socket);
        var framed = new byte[sizeof(ushort) + query.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed, sizeof(ushort));
        await stream.WriteAsync(framed, cancellation);
        var prefix = new byte[sizeof(ushort)];
        await stream.ReadExactlyAsync(prefix, cancellation);
        var response = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        await stream.ReadExactlyAsync(response, cancellation);
        return response;
    }

    private static bool IsTruncated(ReadOnlySpan<byte> response) =>
        MessageHeader.TryRead(response, out var header) && (header.Flags & MessageFlags.Truncated) != 0;

    private static bool IsAnswerTo(ReadOnlySpan<byte> query, ReadOnlySpan<byte> response) =>
        MessageHeader.TryRead(query, out var sent)
        && MessageHeader.TryRead(response, out var header)
        && header.Id == sent.Id
        && (header.Flags & MessageFlags.Response) != 0
        && header is { Opcode: Opcode.Query, QuestionCount: 1 }
        && TryReadQuestion(query, out var question, out _)
        && TryReadQuestion(response, out var echo, out _)
        && echo == question;

    private static bool TryReadQuestion(ReadOnlySpan<byte> message, out Question question, out WireReader reader)
    {
        reader = new WireReader(message);
        return reader.TryReadOctets(MessageHeader.Length, out _) & Question.TryRead(ref reader, out question);
    }

    private static DsAnswer? Read(ReadOnlySpan<byte> response, DomainName zone, bool isParent)
    {
        if (!MessageHeader.TryRead(response, out var header)
            || !TryReadQuestion(response, out _, out var reader)
            || header.ResponseCode is not (ResponseCode.NoError or ResponseCode.NameError)
            || (header.Flags & (isParent ? MessageFlags.Authoritative : MessageFlags.RecursionAvailable)) == 0)
        {
            return null;
        }

        var records = new List<DsData>();
        var timeToLive = 0u;
        for (var i = 0; i < header.AnswerCount; i++)
        {
            if (!ResourceRecord.TryRead(ref reader, out var record))
            {
                return null;
            }

            if (record.Owner == zone && record.Data is DsData ds)
            {
                records.Add(ds);
                timeToLive = Math.Max(timeToLive, record.TimeToLive);
            }
        }

        return new DsAnswer(records, TimeSpan.FromSeconds(timeToLive));
    }
}
