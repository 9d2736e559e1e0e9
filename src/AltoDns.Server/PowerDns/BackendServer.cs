// The Unix socket that PowerDNS connects to: any number of connections, each with requests one after the other.

using System.Net.Sockets;
using AltoDns.Server.Transfers;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.PowerDns;

/// <summary>Listens from <see cref="Start"/> until it is disposed of. Safe for any number of threads.</summary>
public sealed class BackendServer : IAsyncDisposable
{
    private const int Backlog = 64;

    // The owner and its group: PowerDNS runs as another user, which is to be in that group.
    private const UnixFileMode SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(50);

    private readonly BackendZones _zones;
    private readonly TransferOptionsStore _transfers;
    private readonly PowerDnsOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<BackendServer> _logger;
    private readonly OncePerMinute _quiet;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _connections = [];
    private Socket? _socket;
    private Task _accepting = Task.CompletedTask;

    public BackendServer(ZoneStore store, TransferOptionsStore transfers, PowerDnsOptions options, TimeProvider timeProvider, ILogger<BackendServer> logger)
    {
        _zones = new BackendZones(store);
        _transfers = transfers;
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _quiet = new OncePerMinute(timeProvider);
    }

    /// <summary>Connections at the moment.</summary>
    public int Connections
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    /// <exception cref="BackendSocketException">The socket cannot be made.</exception>
    public void Start()
    {
        try
        {
            _socket = Bind(_options.SocketPath);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BackendSocketException(_options.SocketPath, exception);
        }

        _logger.AnsweringPowerDns(_options.SocketPath);
        _accepting = Task.Run(() => AcceptAsync(_socket));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_socket is null)
        {
            return;
        }

        _socket.Dispose();
        await _accepting;
        Task[] open;
        lock (_gate)
        {
            open = [.. _connections];
        }

        await Task.WhenAll(open);
        File.Delete(_options.SocketPath);
    }

    // The socket has its mode before its name, so that nobody else connects in between.
    private static Socket Bind(string path)
    {
        var draft = $"{path}.{Environment.ProcessId}";
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(draft);
            socket.Bind(new UnixDomainSocketEndPoint(draft));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(draft, SocketMode);
            }

            socket.Listen(Backlog);
            File.Move(draft, path, overwrite: true);
            return socket;
        }
        catch
        {
            socket.Dispose();
            File.Delete(draft);
            throw;
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Take(await listener.AcceptAsync(_stopping.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // Most likely the descriptors are used up; PowerDNS tries again.
                await Task.Delay(ErrorPause, _timeProvider, CancellationToken.None);
            }
        }
    }

    private void Take(Socket accepted)
    {
        lock (_gate)
        {
            if (_connections.Count < _options.MaxConnections)
            {
                var connection = new BackendConnection(accepted, new RemoteBackend(_zones, _transfers, _options), _options, _quiet, _logger);
                var running = Task.Run(() => connection.RunAsync(_stopping.Token));
                _connections.Add(running);
                _ = running.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                return;
            }
        }

        accepted.Dispose();
        if (_quiet.MaySpeak(nameof(PowerDnsLog.BackendConnectionsUsedUp)))
        {
            _logger.BackendConnectionsUsedUp(_options.MaxConnections);
        }
    }

    private void Forget(Task connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection);
        }
    }
}

/// <summary>The socket for PowerDNS could not be made. The message is one line: the path, the reason, the remedy.</summary>
public sealed class BackendSocketException(string path, Exception inner)
    : Exception($"PowerDNS cannot be answered at {path}: {inner.Message} Choose a path of at most 90 octets in a folder that this user may write.", inner);
