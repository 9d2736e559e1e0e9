// A client as resolvers are: it asks again over UDP, goes to TCP on TC, and may keep a cookie.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AltoDns.Harness;
using AltoDns.Harness.Network;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Protection;

/// <summary>Safe for several tasks.</summary>
/// <param name="address">Its own.</param>
internal sealed class PatientClient(NetworkNamespace network, IPAddress address, IPEndPoint server, bool keepsCookies)
{
    private const int Tries = 10;
    private const int PrefixLength = 2;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan StreamPatience = TimeSpan.FromSeconds(3);

    private volatile byte[] _cookie = [1, 2, 3, 4, 5, 6, 7, 8];
    private int _overTcp;

    /// <summary>Answers that came over TCP.</summary>
    public int OverTcp => _overTcp;

    /// <summary>Whether an answer with records came in the end.</summary>
    public async Task<bool> AskAsync(DomainName name, RecordType type, ushort id)
    {
        using var socket = Make(SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server);
        var buffer = new byte[ushort.MaxValue];
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            await socket.SendAsync(Write(name, type, id));
            using var limit = new CancellationTokenSource(RetryAfter);
            try
            {
                var length = await socket.ReceiveAsync(buffer, limit.Token);
                Keep(buffer.AsSpan(0, length));
                var answer = Answer.Parse(buffer.AsSpan(0, length));
                if (!answer.IsTruncated)
                {
                    return answer.Answers.Count > 0;
                }

                if (await TryAskByTcpAsync(Write(name, type, id)))
                {
                    Interlocked.Increment(ref _overTcp);
                    return true;
                }
            }
            catch (OperationCanceledException)
            {
                // Lost or kept back: once more.
            }
        }

        return false;
    }

    private async Task<bool> TryAskByTcpAsync(byte[] message)
    {
        using var socket = Make(SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(StreamPatience);
        try
        {
            await socket.ConnectAsync(server, limit.Token);
            byte[] frame = [(byte)(message.Length >> 8), (byte)message.Length, .. message];
            await socket.SendAsync(frame, limit.Token);
            var buffer = new byte[PrefixLength + ushort.MaxValue];
            var received = 0;
            while (received < PrefixLength || received < PrefixLength + BinaryPrimitives.ReadUInt16BigEndian(buffer))
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(received), limit.Token);
                if (read == 0)
                {
                    return false;
                }

                received += read;
            }

            return Answer.Parse(buffer.AsSpan(PrefixLength, received - PrefixLength)).Answers.Count > 0;
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            return false;
        }
    }

    private Socket Make(SocketType type, ProtocolType protocol) => network.Call(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    });

    private byte[] Write(DomainName name, RecordType type, ushort id)
    {
        var options = new WireWriter(new byte[64]);
        if (keepsCookies)
        {
            EdnsOption.Write(ref options, EdnsOptionCode.Cookie, _cookie);
        }

        var message = new byte[512];
        var writer = new WireWriter(message);
        writer.WriteOctets(new byte[MessageHeader.Length]);
        new Question(name, type, RecordClass.Internet).Write(ref writer);
        new OptRecord { UdpPayloadSize = 1232, Options = options.Written }.Write(ref writer);
        new MessageHeader(id, MessageFlags.None, Opcode.Query, ResponseCode.NoError, 1, 0, 0, 1).Write(message);
        return message[..writer.Position];
    }

    // The answer's OPT record stands last, and of options the cookie alone.
    private void Keep(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> option = [0, (byte)EdnsOptionCode.Cookie, 0, ServerCookie.OptionLength];
        var start = message.LastIndexOf(option);
        if (keepsCookies && start >= 0 && message.Length >= start + option.Length + ServerCookie.OptionLength)
        {
            _cookie = message.Slice(start + option.Length, ServerCookie.OptionLength).ToArray();
        }
    }
}
