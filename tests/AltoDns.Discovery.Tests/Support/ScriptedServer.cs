// A resolver on loopback whose every answer a test decides: right ones, wrong ones, several, none.

using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;

namespace AltoDns.Discovery.Tests.Support;

/// <param name="Message">The query as it came.</param>
/// <param name="Port">The client's.</param>
internal sealed record ScriptedQuery(byte[] Message, Question Question, bool IsTcp, int Port);

/// <summary>Listens on UDP and TCP until it is disposed of.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly Socket _datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _streams;
    private readonly Func<ScriptedQuery, IEnumerable<byte[]>> _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _work = [];

    /// <param name="answer">What is sent back for a query, in order; nothing for silence.</param>
    public ScriptedServer(Func<ScriptedQuery, IEnumerable<byte[]>> answer)
    {
        _answer = answer;
        var port = LoopbackPort.Find();
        Endpoint = new IPEndPoint(IPAddress.Loopback, port);
        _datagrams.ReceiveBufferSize = 1 << 20;
        _datagrams.Bind(Endpoint);
        _streams = new TcpListener(Endpoint);
        _streams.Start();
        _work.Add(ServeDatagramsAsync());
        _work.Add(AcceptAsync());
    }

    public IPEndPoint Endpoint { get; }

    /// <summary>What was asked, in the order of arrival.</summary>
    public ConcurrentQueue<ScriptedQuery> Queries { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _datagrams.Dispose();
        _streams.Dispose();
        await Task.WhenAll(_work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ServeDatagramsAsync()
    {
        var buffer = new byte[ushort.MaxValue];
        while (true)
        {
            var received = await _datagrams.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Loopback, 0), _stop.Token);
            foreach (var answer in Answers(buffer.AsSpan(0, received.ReceivedBytes), false, ((IPEndPoint)received.RemoteEndPoint).Port))
            {
                await _datagrams.SendToAsync(answer, SocketFlags.None, received.RemoteEndPoint, _stop.Token);
            }
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _streams.AcceptTcpClientAsync(_stop.Token);
            _work.Add(ServeStreamAsync(client));
        }
    }

    private async Task ServeStreamAsync(TcpClient client)
    {
        using var _ = client;
        var stream = client.GetStream();
        var length = new byte[sizeof(ushort)];
        while (true)
        {
            await stream.ReadExactlyAsync(length, _stop.Token);
            var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(query, _stop.Token);
            foreach (var answer in Answers(query, true, ((IPEndPoint)client.Client.RemoteEndPoint!).Port))
            {
                var framed = new byte[sizeof(ushort) + answer.Length];
                BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)answer.Length);
                answer.CopyTo(framed, sizeof(ushort));
                await stream.WriteAsync(framed, _stop.Token);
            }
        }
    }

    private List<byte[]> Answers(ReadOnlySpan<byte> message, bool isTcp, int port)
    {
        var reader = new WireReader(message);
        reader.TryReadOctets(MessageHeader.Length, out _);
        Question.TryRead(ref reader, out var question);
        var query = new ScriptedQuery(message.ToArray(), question, isTcp, port);
        Queries.Enqueue(query);
        return [.. _answer(query)];
    }
}
