// An attacker who holds as many TCP connections as he can, each with a message that never ends.

using System.Net;
using System.Net.Sockets;

namespace AltoDns.Interop.Tests.Protection;

/// <summary>Opens its connections, sends an octet on each in turn, and opens anew what the server closes, until disposed of.</summary>
internal sealed class SlowConnections : IAsyncDisposable
{
    // Below what the server allows one client.
    private const int PerAddress = 50;
    private const int OpeningAtOnce = 64;

    private readonly IPEndPoint _server;
    private readonly Socket?[] _sockets;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _work;
    private long _opened;

    public SlowConnections(IPEndPoint server, int count)
    {
        _server = server;
        _sockets = new Socket?[count];
        _work = Task.Run(RunAsync);
    }

    /// <summary>Done when all have been opened once.</summary>
    public Task Complete => _complete.Task;

    /// <summary>Connections opened so far, those opened anew as well.</summary>
    public long Opened => Interlocked.Read(ref _opened);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work;
        foreach (var socket in _sockets)
        {
            socket?.Dispose();
        }

        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, _sockets.Length),
                new ParallelOptions { MaxDegreeOfParallelism = OpeningAtOnce },
                async (index, _) => await TrickleAsync(index));
            _complete.TrySetResult();
        }
    }

    private async Task TrickleAsync(int index)
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        try
        {
            if (_sockets[index] is not { } socket)
            {
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                _sockets[index] = socket;
                var address = 2 * (index / PerAddress);
                socket.Bind(new IPEndPoint(new IPAddress([127, 1, (byte)(address >> 8), (byte)((address & 0xFF) + 1)]), 0));
                await socket.ConnectAsync(_server, _stopping.Token);
                Interlocked.Increment(ref _opened);
            }

            await socket.SendAsync(new byte[] { 1 }, _stopping.Token);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            _sockets[index]?.Dispose();
            _sockets[index] = null;
        }
    }
}
