// Sends updates signed by TSIG over UDP, and tells what became of them.

using System.Net;
using System.Net.Sockets;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Security;

namespace AltoDns.Harness.Updating;

/// <summary>What a server answered.</summary>
/// <param name="Verdict">Whether the answer is signed as it should be.</param>
/// <param name="Error">What the server found wrong with the signature.</param>
/// <param name="Lease">The lease that it granted, null for none.</param>
public sealed record UpdateAnswer(ResponseCode Code, TsigVerdict Verdict, TsigError Error, UpdateLease? Lease);

/// <summary>One socket; not safe for several threads.</summary>
public sealed class UpdateClient : IDisposable
{
    private readonly Socket _socket;
    private readonly TsigKey? _key;
    private readonly byte[] _buffer = new byte[ushort.MaxValue];
    private ushort _id;

    /// <param name="key">Null to send unsigned.</param>
    /// <param name="from">The address to send from; null for the one that the system takes.</param>
    public UpdateClient(IPEndPoint server, TsigKey? key, IPAddress? from = null)
    {
        _key = key;
        _socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (from is not null)
        {
            _socket.Bind(new IPEndPoint(from, 0));
        }

        _socket.Connect(server);
    }

    /// <summary>How long to wait for an answer; nothing is sent twice.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Sends an update and waits for its answer; null where none came.</summary>
    public UpdateAnswer? Send(UpdateBuilder update, TimeProvider? clock = null) =>
        Exchange(buffer => update.Write(buffer, ++_id), clock);

    /// <summary>Sends octets that may be no good update.</summary>
    /// <param name="write">Writes the message without TSIG and returns its length; the first two octets are its ID.</param>
    public UpdateAnswer? Exchange(Func<byte[], int> write, TimeProvider? clock = null)
    {
        var now = (ulong)(clock ?? TimeProvider.System).GetUtcNow().ToUnixTimeSeconds();
        using var requester = _key is null ? null : new TsigRequester(_key);
        var length = write(_buffer);
        length = requester?.Sign(_buffer, length, now) ?? length;
        LastSent = _buffer.AsSpan(0, length).ToArray();
        return Exchange(LastSent, requester, now);
    }

    /// <summary>The last request, as it was sent.</summary>
    public byte[] LastSent { get; private set; } = [];

    /// <summary>Sends a request as it is; the answer's signature is not looked at.</summary>
    public UpdateAnswer? Resend(byte[] request) => Exchange(request, null, 0);

    public void Dispose() => _socket.Dispose();

    private UpdateAnswer? Exchange(byte[] request, TsigRequester? requester, ulong now)
    {
        try
        {
            _socket.Send(request);
            _socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
            int length;
            do
            {
                length = _socket.Receive(_buffer);
            }
            while (length < MessageHeader.Length || !_buffer.AsSpan(0, 2).SequenceEqual(request.AsSpan(0, 2)));

            return Read(_buffer.AsSpan(0, length), requester, now);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static UpdateAnswer Read(ReadOnlySpan<byte> response, TsigRequester? requester, ulong now)
    {
        MessageHeader.TryRead(response, out var header);
        var verdict = requester?.Verify(response, now) ?? TsigVerdict.Unsigned;
        var error = TsigRecord.Find(response, out var record, out _) == TsigPresence.Present ? record.Error : TsigError.None;
        return new UpdateAnswer(header.ResponseCode, verdict, error, LeaseOf(response, header));
    }

    private static UpdateLease? LeaseOf(ReadOnlySpan<byte> response, MessageHeader header)
    {
        var reader = new WireReader(response);
        reader.TryReadOctets(MessageHeader.Length, out _);
        for (var i = 0; i < header.QuestionCount; i++)
        {
            reader.TrySkipName();
            reader.TryReadOctets(4, out _);
        }

        if (OptRecord.TryRead(ref reader, out var edns))
        {
            foreach (var option in edns)
            {
                if (option.Code == EdnsOptionCode.UpdateLease && UpdateLease.TryRead(option.Data, out var lease))
                {
                    return lease;
                }
            }
        }

        return null;
    }
}
