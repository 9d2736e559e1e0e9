// The service manager that started the program, such as systemd: what it is told (sd_notify(3)) and what it keeps.

using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using AltoDns.Server.Handover;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Hosting;

/// <summary>Safe for any number of threads. What cannot be told is logged once and changes nothing.</summary>
public sealed class ServiceManager : IDisposable
{
    private readonly Socket _socket;
    private readonly ILogger<ServiceManager> _logger;
    private bool _failed;

    private ServiceManager(Socket socket, TimeSpan? watchdog, ILogger<ServiceManager> logger)
    {
        _socket = socket;
        _logger = logger;
        WatchdogTimeout = watchdog;
    }

    /// <summary>How long without a sign of life the manager waits before it restarts the program; null for ever.</summary>
    public TimeSpan? WatchdogTimeout { get; }

    /// <summary>The manager that the environment names (NOTIFY_SOCKET, WATCHDOG_USEC); null for none. Children are told nothing of it.</summary>
    public static ServiceManager? FromEnvironment(Func<ILogger<ServiceManager>> logger)
    {
        var path = Take("NOTIFY_SOCKET");
        var microseconds = Take("WATCHDOG_USEC");
        var process = Take("WATCHDOG_PID");
        if (string.IsNullOrEmpty(path) || !OperatingSystem.IsLinux())
        {
            return null;
        }

        var isWatched = process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        TimeSpan? watchdog = isWatched && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given > 0
            ? TimeSpan.FromMicroseconds(given)
            : null;
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            // A name that begins with @ is none of the file system (unix(7)).
            socket.Connect(new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path));
            return new ServiceManager(socket, watchdog, logger());
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            logger().ManagerNotTold(exception.Message.TrimEnd('.'));
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Tells it assignments such as <c>READY=1</c>, one a line.</summary>
    public void Tell(string state) => Send(state, []);

    /// <summary>Has it keep a socket beyond the end of the program, and give it to the next (file descriptor store).</summary>
    /// <param name="name">Without colons; several sockets may have one name.</param>
    public void Keep(string name, SafeHandle socket) => Send($"FDSTORE=1\nFDNAME={name}", [socket]);

    /// <summary>Has it close the sockets that it keeps under a name.</summary>
    public void Forget(string name) => Send($"FDSTOREREMOVE=1\nFDNAME={name}", []);

    public void Dispose() => _socket.Dispose();

    private void Send(string state, IReadOnlyList<SafeHandle> descriptors)
    {
        try
        {
            DescriptorMessage.Send(_socket, Encoding.UTF8.GetBytes(state), descriptors);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            if (!_failed)
            {
                _failed = true;
                _logger.ManagerNotTold(exception.Message.TrimEnd('.'));
            }
        }
    }

    private static string? Take(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return value;
    }
}
