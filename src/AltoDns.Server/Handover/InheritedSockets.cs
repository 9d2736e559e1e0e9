// Bound sockets that another process had, each with the queries that wait in it.

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AltoDns.Server.Listening.Linux;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Handover;

/// <summary>What a socket is for is told by the socket itself: its type and its address. Used by one thread. Closes what nobody took.</summary>
public sealed class InheritedSockets : IDisposable
{
    // sd_listen_fds(3)
    private const int FirstDescriptor = 3;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExecute = 1;

    private readonly List<Socket> _sockets;
    private readonly Action? _whenTaken;

    /// <param name="handles">Owned from now on. Those that are no bound sockets of an Internet protocol are closed.</param>
    /// <param name="whenTaken">Called once every socket that is wanted has its reader.</param>
    internal InheritedSockets(IEnumerable<SafeSocketHandle> handles, Action? whenTaken = null)
    {
        _sockets = [.. handles.Select(Open).OfType<Socket>()];
        _whenTaken = whenTaken;
    }

    /// <summary>How many nobody has taken yet.</summary>
    public int Count => _sockets.Count;

    /// <summary>What the service manager kept or bound for this process (LISTEN_FDS); null where it did not. Children are told nothing of it.</summary>
    public static InheritedSockets? FromEnvironment(Func<ILogger> logger)
    {
        var isOurs = Environment.GetEnvironmentVariable("LISTEN_PID") == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var count = int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 0;
        foreach (var variable in (ReadOnlySpan<string>)["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"])
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        if (!isOurs || count <= 0 || !OperatingSystem.IsLinux())
        {
            return null;
        }

        var handles = Enumerable.Range(FirstDescriptor, count).Select(descriptor => new SafeSocketHandle(descriptor, ownsHandle: true)).ToList();
        handles.ForEach(handle => NativeMethods.ControlDescriptor(handle, SetDescriptorFlags, CloseOnExecute));
        var kept = new InheritedSockets(handles);
        logger().KeptSockets(kept.Count);
        return kept;
    }

    /// <summary>The name by which a service manager keeps sockets of an endpoint, without what it forbids in one.</summary>
    public static string NameOf(Socket socket) =>
        $"{(socket.SocketType == SocketType.Dgram ? "udp" : "tcp")}-{socket.LocalEndPoint!.ToString()!.Replace(':', '_')}";

    /// <summary>Takes all sockets of an endpoint; they are the caller's.</summary>
    public IReadOnlyList<Socket> TakeAll(SocketType type, IPEndPoint endpoint)
    {
        var taken = _sockets.FindAll(socket => socket.SocketType == type && endpoint.Equals(socket.LocalEndPoint));
        _sockets.RemoveAll(taken.Contains);
        return taken;
    }

    /// <summary>The names of those that nobody has taken.</summary>
    public IReadOnlyList<string> Untaken => [.. _sockets.Select(NameOf).Distinct(StringComparer.Ordinal)];

    /// <summary>Says that all that is wanted has been taken and is read from.</summary>
    internal void Taken() => _whenTaken?.Invoke();

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _sockets.Clear();
    }

    private static Socket? Open(SafeSocketHandle handle)
    {
        try
        {
            var socket = new Socket(handle);
            if (socket.LocalEndPoint is IPEndPoint { Port: > 0 } && socket.SocketType is SocketType.Dgram or SocketType.Stream)
            {
                return socket;
            }

            socket.Dispose();
        }
        catch (SocketException)
        {
            handle.Dispose();
        }

        return null;
    }
}
