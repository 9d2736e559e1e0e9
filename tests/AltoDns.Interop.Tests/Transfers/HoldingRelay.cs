// Stands between a secondary and its primary, and holds a transfer in the midst of it until the test lets go.

using System.Net;
using System.Net.Sockets;

namespace AltoDns.Interop.Tests.Transfers;

/// <summary>Passes TCP connections on to a primary. Nothing that it holds is lost unless one of the two ends its connection.</summary>
internal sealed class HoldingRelay : IAsyncDisposable
{
    private readonly int _primary;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _limit = long.MaxValue;

    /// <param name="primary">Its port on 127.0.0.1.</param>
    public HoldingRelay(int primary)
    {
        _primary = primary;
        _released.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Completes when a connection has brought so many octets from the primary; from then on no connection brings any.</summary>
    public Task HoldAfterAsync(long octets)
    {
        lock (_gate)
        {
            _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _limit = octets;
            return _held.Task;
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            _limit = long.MaxValue;
            _released.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var secondary = await _listener.AcceptTcpClientAsync(_stopping.Token);
                _connections.Add(Task.Run(() => PassOnAsync(secondary), CancellationToken.None));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task PassOnAsync(TcpClient secondary)
    {
        using var from = secondary;
        using var to = new TcpClient();
        try
        {
            await WaitWhileHeldAsync();
            await to.ConnectAsync(IPAddress.Loopback, _primary, _stopping.Token);
            var questions = CopyAsync(secondary.GetStream(), to, _ => Task.CompletedTask);
            var answers = CopyAsync(to.GetStream(), secondary, HoldAsync);
            await Task.WhenAny(questions, answers);
            from.Close();
            to.Close();
            await Task.WhenAll(questions, answers);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // One of the two is gone, and with it the other's connection.
        }
    }

    private async Task CopyAsync(NetworkStream source, TcpClient target, Func<long, Task> beforeSending)
    {
        var buffer = new byte[4096];
        long passed = 0;
        try
        {
            int read;
            while ((read = await source.ReadAsync(buffer, _stopping.Token)) > 0)
            {
                await beforeSending(passed += read);
                await target.GetStream().WriteAsync(buffer.AsMemory(0, read), _stopping.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // As above.
        }
    }

    private Task HoldAsync(long passed)
    {
        lock (_gate)
        {
            if (passed > _limit)
            {
                // Whoever else is connected or comes later waits as well.
                _limit = -1;
                _held.TrySetResult();
            }
        }

        return WaitWhileHeldAsync();
    }

    private Task WaitWhileHeldAsync()
    {
        lock (_gate)
        {
            return _limit < 0 ? _released.Task.WaitAsync(_stopping.Token) : Task.CompletedTask;
        }
    }
}
