// Sends many queries with one system call and takes many answers with another, so that one processor can load a fast server.

using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AltoDns.Server.Listening.Linux;

namespace AltoDns.Benchmarks.Traffic;

/// <summary>A query in wire form and what the header of its answer has to say.</summary>
internal sealed record ExpectedQuery(byte[] Message, int ResponseCode, int Answers);

/// <param name="Wrong">Answers other than expected.</param>
internal sealed record LoadResult(long Answered, long Lost, long Wrong, TimeSpan Elapsed);

/// <summary>Closed loop: keeps a number of queries in flight. Used by one thread; 64-bit Linux only.</summary>
internal sealed unsafe class BatchedLoad : IDisposable
{
    private const int BatchSize = 64;
    private const int AnswerCapacity = 2048;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly IReadOnlyList<ExpectedQuery> _queries;
    private readonly BatchedMessage[] _sent;
    private readonly BufferReference[] _sentBuffers;
    private readonly BatchedMessage[] _received = GC.AllocateArray<BatchedMessage>(BatchSize, pinned: true);
    private readonly BufferReference[] _receivedBuffers = GC.AllocateArray<BufferReference>(BatchSize, pinned: true);
    private readonly byte[] _answers = GC.AllocateArray<byte>(BatchSize * AnswerCapacity, pinned: true);
    private readonly byte[] _octets;
    private int _next;

    /// <param name="queries">At most 65,536; each gets its index as ID. They are sent again and again in this order.</param>
    public BatchedLoad(IPEndPoint server, IReadOnlyList<ExpectedQuery> queries)
    {
        _queries = queries;
        _socket.ReceiveBufferSize = 4 << 20;
        _socket.ReceiveTimeout = 200;
        _socket.Connect(server);
        _sent = GC.AllocateArray<BatchedMessage>(queries.Count, pinned: true);
        _sentBuffers = GC.AllocateArray<BufferReference>(queries.Count, pinned: true);
        _octets = GC.AllocateArray<byte>(queries.Sum(query => query.Message.Length), pinned: true);
        for (int i = 0, offset = 0; i < queries.Count; i++)
        {
            var message = queries[i].Message;
            message.CopyTo(_octets, offset);
            BinaryPrimitives.WriteUInt16BigEndian(_octets.AsSpan(offset), (ushort)i);
            _sentBuffers[i] = new BufferReference { Start = AddressOf(_octets, offset), Length = (nuint)message.Length };
            _sent[i] = new BatchedMessage { Buffers = AddressOf(_sentBuffers, i), BufferCount = 1 };
            offset += message.Length;
        }

        for (var i = 0; i < BatchSize; i++)
        {
            _receivedBuffers[i] = new BufferReference { Start = AddressOf(_answers, i * AnswerCapacity), Length = AnswerCapacity };
            _received[i] = new BatchedMessage { Buffers = AddressOf(_receivedBuffers, i), BufferCount = 1 };
        }
    }

    /// <summary>Sends so many queries and returns when all are answered or lost; lost is what is not answered in 200 ms of silence.</summary>
    public LoadResult Run(long count, int inFlight)
    {
        var clock = Stopwatch.StartNew();
        long sent = 0, answered = 0, lost = 0, wrong = 0;
        while (answered + lost < count)
        {
            while (sent < count && sent - answered - lost <= inFlight - BatchSize)
            {
                sent += Send((int)Math.Min(BatchSize, count - sent));
            }

            var received = NativeMethods.ReceiveMany(_socket.SafeHandle, AddressOf(_received, 0), BatchSize, NativeMethods.WaitForOne, null);
            if (received < 0)
            {
                lost = sent - answered;
                continue;
            }

            for (var i = 0; i < received; i++)
            {
                wrong += IsRight(_answers.AsSpan(i * AnswerCapacity, (int)_received[i].Length)) ? 0 : 1;
            }

            answered += received;
        }

        return new LoadResult(answered, lost, wrong, clock.Elapsed);
    }

    public void Dispose() => _socket.Dispose();

    private int Send(int most)
    {
        var count = Math.Min(most, _queries.Count - _next);
        var sent = NativeMethods.SendMany(_socket.SafeHandle, AddressOf(_sent, _next), (uint)count, flags: 0);
        if (sent < 0)
        {
            throw new SocketException(Marshal.GetLastPInvokeError());
        }

        _next = (_next + sent) % _queries.Count;
        return sent;
    }

    private bool IsRight(ReadOnlySpan<byte> answer)
    {
        var query = _queries[BinaryPrimitives.ReadUInt16BigEndian(answer)];
        return answer.Length >= query.Message.Length
            && (answer[3] & 0x0F) == query.ResponseCode
            && BinaryPrimitives.ReadUInt16BigEndian(answer[6..]) == query.Answers;
    }

    private static T* AddressOf<T>(T[] pinned, int index)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref pinned[index]);
}
