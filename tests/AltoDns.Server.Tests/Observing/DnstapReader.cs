// A reader of dnstap at a Unix socket, written from the specifications of Frame Streams and of protocol buffers.

using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace AltoDns.Server.Tests.Observing;

/// <summary>Serves one connection after the other until disposed of.</summary>
internal sealed class DnstapReader : IAsyncDisposable
{
    private const int Accept = 1;
    private const int Start = 2;
    private const int Stop = 3;
    private const int Ready = 4;
    private const int Finish = 5;
    private const string ContentType = "protobuf:dnstap.Dnstap";

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _contentType;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _work;
    private Socket? _connection;

    public DnstapReader(string path, string contentType = ContentType)
    {
        _contentType = contentType;
        File.Delete(path);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _work = Task.Run(RunAsync);
    }

    /// <summary>Each message's fields: of the Dnstap message under its number, of the message within under 100 more.</summary>
    public ConcurrentQueue<Dictionary<int, object>> Messages { get; } = new();

    /// <summary>Streams that were ended as agreed.</summary>
    public int Finished { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        _connection?.Dispose();
        await _work;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                _connection = await _listener.AcceptAsync(_stopping.Token);
                await ServeAsync(_connection);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException or IOException)
            {
            }
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        await using var stream = new NetworkStream(connection, ownsSocket: true);
        Assert.Equal((Ready, ContentType), await ReadControlAsync(stream));
        await WriteControlAsync(stream, Accept, _contentType);
        if (await ReadControlAsync(stream) != (Start, ContentType))
        {
            return;
        }

        while (true)
        {
            var length = await ReadNumberAsync(stream);
            if (length > 0)
            {
                var message = new byte[length];
                await stream.ReadExactlyAsync(message);
                Messages.Enqueue(Read(message));
                continue;
            }

            var control = new byte[await ReadNumberAsync(stream)];
            await stream.ReadExactlyAsync(control);
            Assert.Equal(Stop, BinaryPrimitives.ReadInt32BigEndian(control));
            await WriteControlAsync(stream, Finish, null);
            Finished++;
            return;
        }
    }

    private static async Task<(int Type, string ContentType)> ReadControlAsync(Stream stream)
    {
        Assert.Equal(0, await ReadNumberAsync(stream));
        var frame = new byte[await ReadNumberAsync(stream)];
        await stream.ReadExactlyAsync(frame);
        Assert.Equal(1, BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(4)));
        Assert.Equal(frame.Length - 12, BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(8)));
        return (BinaryPrimitives.ReadInt32BigEndian(frame), Encoding.ASCII.GetString(frame.AsSpan(12)));
    }

    private static async Task WriteControlAsync(Stream stream, int type, string? contentType)
    {
        var text = contentType is null ? [] : Encoding.ASCII.GetBytes(contentType);
        var frame = new List<byte>();
        void Add(int number) => frame.AddRange(BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(number)));
        Add(0);
        Add(contentType is null ? 4 : 12 + text.Length);
        Add(type);
        if (contentType is not null)
        {
            Add(1);
            Add(text.Length);
            frame.AddRange(text);
        }

        await stream.WriteAsync(frame.ToArray());
    }

    private static async Task<int> ReadNumberAsync(Stream stream)
    {
        var octets = new byte[4];
        await stream.ReadExactlyAsync(octets);
        return BinaryPrimitives.ReadInt32BigEndian(octets);
    }

    private static Dictionary<int, object> Read(byte[] message)
    {
        var fields = ReadFields(message);
        foreach (var (field, value) in ReadFields((byte[])fields[14]))
        {
            fields.Add(100 + field, value);
        }

        return fields;
    }

    private static Dictionary<int, object> ReadFields(ReadOnlySpan<byte> message)
    {
        var fields = new Dictionary<int, object>();
        var position = 0;
        while (position < message.Length)
        {
            var tag = ReadVarint(message, ref position);
            var length = (int)(tag & 7) switch
            {
                0 => 0,
                5 => 4,
                _ => (int)ReadVarint(message, ref position),
            };
            fields.Add((int)(tag >> 3), (tag & 7) == 0 ? (object)ReadVarint(message, ref position) : message.Slice(position, length).ToArray());
            position += length;
        }

        return fields;
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> message, ref int position)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var octet = message[position++];
            value |= (ulong)(octet & 0x7F) << shift;
            if (octet < 0x80)
            {
                return value;
            }
        }
    }
}
