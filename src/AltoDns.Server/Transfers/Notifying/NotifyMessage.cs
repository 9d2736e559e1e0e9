// One NOTIFY: what it looks like, and what answers it (RFC 1996).

using System.Net.Sockets;
using System.Security.Cryptography;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Server.Access;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Transfers.Notifying;

internal sealed class NotifyMessage(TimeProvider timeProvider)
{
    // A question and an SOA with three names of 255 octets, and a TSIG record with two more.
    private const int MaxLength = 2048;

    /// <summary>Sends a NOTIFY of a zone's present version and waits for the answer.</summary>
    /// <param name="key">Signs it; null for none.</param>
    /// <param name="patience">How long to wait.</param>
    /// <returns>What the peer says to it; null where it is silent.</returns>
    public async Task<ResponseCode?> SendAsync(ZoneSnapshot zone, Peer peer, TsigKey? key, TimeSpan patience, CancellationToken cancellation)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        using var tsig = key is null ? null : new TsigRequester(key);
        var request = Write(zone, id, tsig);
        using var limit = new CancellationTokenSource(patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var socket = new Socket(peer.Endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(peer.Endpoint, either.Token);
            await socket.SendAsync(request, SocketFlags.None, either.Token);
            var response = new byte[MaxLength];
            while (true)
            {
                var length = await socket.ReceiveAsync(response, SocketFlags.None, either.Token);
                if (Read(response.AsSpan(0, length), id, tsig) is { } code)
                {
                    return code;
                }
            }
        }
        catch (Exception exception) when (exception is SocketException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // Nobody listens there now, or nobody answers; an error that comes at once leaves the rest of the time to pass.
            if (!limit.IsCancellationRequested)
            {
                await Task.Delay(patience, timeProvider, cancellation);
            }

            return null;
        }
    }

    // RFC 1996 §3.7: the new SOA goes along as a hint.
    private byte[] Write(ZoneSnapshot zone, ushort id, TsigRequester? tsig)
    {
        var buffer = new byte[MaxLength];
        new MessageHeader(id, MessageFlags.Authoritative, Opcode.Notify, ResponseCode.NoError, 1, 1, 0, 0).Write(buffer);
        var writer = new WireWriter(buffer.AsSpan(MessageHeader.Length));
        new Question(zone.Origin, RecordType.SOA, RecordClass.Internet).Write(ref writer);
        ref readonly var soa = ref zone.RRset(zone.SoaRRset);
        writer.WriteName(zone.Origin, RdataName.Verbatim);
        writer.WriteUInt16((ushort)RecordType.SOA);
        writer.WriteUInt16((ushort)RecordClass.Internet);
        writer.WriteUInt32(soa.TimeToLive);
        writer.WriteOctets(zone.DataOf(soa));
        var length = MessageHeader.Length + writer.Position;
        return buffer[..(tsig?.Sign(buffer, length, Now()) ?? length)];
    }

    // Null for what is no answer to the request, or not signed as it has to be.
    private ResponseCode? Read(ReadOnlySpan<byte> response, ushort id, TsigRequester? tsig)
    {
        if (!MessageHeader.TryRead(response, out var header) || header.Id != id || header.Opcode != Opcode.Notify || (header.Flags & MessageFlags.Response) == 0)
        {
            return null;
        }

        // A peer that does not know the key says so unsigned.
        return tsig is null || tsig.Verify(response, Now()) is TsigVerdict.Verified or TsigVerdict.Rejected ? header.ResponseCode : null;
    }

    private ulong Now() => (ulong)timeProvider.GetUtcNow().ToUnixTimeSeconds();
}
