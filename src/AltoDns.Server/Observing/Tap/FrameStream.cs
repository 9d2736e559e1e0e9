// One connection of Frame Streams, the protocol that dnstap messages travel by, from the sender's side.
//
//   data:    | length, 4 | octets |
//   control: | 0, 4 | length, 4 | type, 4 | field 1, 4 | length, 4 | content type |

using System.Buffers.Binary;
using System.Net.Sockets;

namespace AltoDns.Server.Observing.Tap;

/// <summary>Not safe for several threads.</summary>
internal sealed class FrameStream : IDisposable
{
    private const int Accept = 1;
    private const int Start = 2;
    private const int Stop = 3;
    private const int Ready = 4;
    private const int Finish = 5;
    private const int ContentTypeField = 1;
    private const int BufferSize = 64 * 1024;

    // As in the reference library: a control frame is a few fields.
    private const int MaxControlLength = 512;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _buffered;

    private FrameStream(Socket socket) => _socket = socket;

    private static ReadOnlySpan<byte> ContentType => "protobuf:dnstap.Dnstap"u8;

    /// <summary>Connects and agrees on the kind of content.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    /// <exception cref="IOException">The other side does not take dnstap.</exception>
    /// <exception cref="OperationCanceledException">It took too long, or was cancelled.</exception>
    public static async Task<FrameStream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var stream = new FrameStream(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Patience);
            await stream._socket.ConnectAsync(new UnixDomainSocketEndPoint(path), limit.Token);
            await stream.SendControlAsync(Ready, hasContentType: true, limit.Token);
            await stream.ReceiveControlAsync(Accept, limit.Token);
            await stream.SendControlAsync(Start, hasContentType: true, limit.Token);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Keeps a message to be sent; whole buffers leave at once.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        if (_buffered + sizeof(uint) + message.Length > _buffer.Length)
        {
            await FlushAsync(cancellation);
        }

        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(_buffered), (uint)message.Length);
        message.CopyTo(_buffer.AsMemory(_buffered + sizeof(uint)));
        _buffered += sizeof(uint) + message.Length;
    }

    /// <summary>Sends what is kept.</summary>
    /// <exception cref="OperationCanceledException">The other side did not read for too long, or it was cancelled.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        await SendAsync(_buffer.AsMemory(0, _buffered), limit.Token);
        _buffered = 0;
    }

    /// <summary>Ends the stream as agreed: what was sent has arrived when this returns.</summary>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        await SendControlAsync(Stop, hasContentType: false, limit.Token);
        await ReceiveControlAsync(Finish, limit.Token);
    }

    public void Dispose() => _socket.Dispose();

    private async Task SendControlAsync(int type, bool hasContentType, CancellationToken cancellation)
    {
        var fieldLength = hasContentType ? (2 * sizeof(uint)) + ContentType.Length : 0;
        var frame = new byte[(3 * sizeof(uint)) + fieldLength];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), sizeof(uint) + fieldLength);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), type);
        if (hasContentType)
        {
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(12), ContentTypeField);
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(16), ContentType.Length);
            ContentType.CopyTo(frame.AsSpan(20));
        }

        await SendAsync(frame, cancellation);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellation)
    {
        while (octets.Length > 0)
        {
            octets = octets[await _socket.SendAsync(octets, SocketFlags.None, cancellation)..];
        }
    }

    private async Task ReceiveControlAsync(int expected, CancellationToken cancellation)
    {
        var head = await ReceiveAsync(2 * sizeof(uint), cancellation);
        var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4));
        if (BinaryPrimitives.ReadUInt32BigEndian(head) != 0 || length is < sizeof(uint) or > MaxControlLength)
        {
            throw new IOException("the other side does not speak Frame Streams");
        }

        var frame = await ReceiveAsync(length, cancellation);
        if (BinaryPrimitives.ReadInt32BigEndian(frame) != expected)
        {
            throw new IOException("the other side does not agree");
        }

        // Without a content type anything is taken.
        if (expected == Accept && length > sizeof(uint) && frame.AsSpan().IndexOf(ContentType) < 0)
        {
            throw new IOException("the other side does not take dnstap");
        }
    }

    private async Task<byte[]> ReceiveAsync(int count, CancellationToken cancellation)
    {
        var octets = new byte[count];
        for (var received = 0; received < count;)
        {
            var read = await _socket.ReceiveAsync(octets.AsMemory(received), SocketFlags.None, cancellation);
            received += read > 0 ? read : throw new IOException("the other side ended the connection");
        }

        return octets;
    }
}
