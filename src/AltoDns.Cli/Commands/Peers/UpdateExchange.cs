// Talks to a primary over TCP: which zone a name is in, and an update of it.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Cli.Commands.Peers;

/// <summary>Each message has a connection of its own. Methods throw <see cref="IOException"/> or <see cref="SocketException"/>.</summary>
internal sealed class UpdateExchange(IPEndPoint server, TsigKey key, TimeProvider timeProvider)
{
    private const int PatienceMilliseconds = 10_000;

    /// <summary>The apex of the zone that a name is in, as the SOA record tells that comes with its absence or presence; null where the server has none.</summary>
    public DomainName? FindZone(DomainName name)
    {
        var query = new byte[MessageHeader.Length + DomainName.MaxLength + 4];
        new MessageHeader(NewId(), MessageFlags.None, Opcode.Query, ResponseCode.NoError, 1, 0, 0, 0).Write(query);
        var writer = new WireWriter(query.AsSpan(MessageHeader.Length));
        writer.WriteName(name, RdataName.Verbatim);
        writer.WriteUInt16((ushort)RecordType.SOA);
        writer.WriteUInt16((ushort)RecordClass.Internet);
        var response = Exchange(query.AsSpan(0, MessageHeader.Length + writer.Position));
        var reader = new WireReader(response);
        if (!MessageHeader.TryRead(response, out var header)
            || (header.Flags & MessageFlags.Authoritative) == 0
            || !reader.TryReadOctets(MessageHeader.Length, out _)
            || !reader.TrySkipName()
            || !reader.TryReadOctets(4, out _))
        {
            return null;
        }

        for (var i = 0; i < header.AnswerCount + header.AuthorityCount; i++)
        {
            if (!ResourceRecord.TryRead(ref reader, out var record))
            {
                return null;
            }

            if (record.Type == RecordType.SOA)
            {
                return record.Owner;
            }
        }

        return null;
    }

    public (ResponseCode Code, TsigVerdict Verdict) Send(UpdateBuilder update)
    {
        var message = new byte[ushort.MaxValue];
        var now = (ulong)timeProvider.GetUtcNow().ToUnixTimeSeconds();
        using var requester = new TsigRequester(key);
        var length = requester.Sign(message, update.Write(message, NewId()), now);
        var response = Exchange(message.AsSpan(0, length));
        return MessageHeader.TryRead(response, out var header)
            ? (header.ResponseCode, requester.Verify(response, now))
            : throw new IOException("The answer is no DNS message.");
    }

    private byte[] Exchange(ReadOnlySpan<byte> message)
    {
        using var client = new TcpClient(server.AddressFamily) { NoDelay = true, ReceiveTimeout = PatienceMilliseconds, SendTimeout = PatienceMilliseconds };
        client.Connect(server);
        var stream = client.GetStream();
        var framed = new byte[sizeof(ushort) + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed.AsSpan(sizeof(ushort)));
        stream.Write(framed);
        var length = new byte[sizeof(ushort)];
        stream.ReadExactly(length);
        var response = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        stream.ReadExactly(response);
        return response;
    }

    private static ushort NewId() => (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
}
