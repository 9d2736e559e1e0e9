// The running server as its successor sees it: asked for its sockets over the control socket, then told to end.

using System.Net.Sockets;
using System.Text.Json;
using AltoDns.Server.Control;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Handover;

/// <summary>Between <see cref="Find"/> and the use of its sockets it goes on answering, but changes nothing: its state folder is the successor's.</summary>
public sealed class Predecessor : IDisposable
{
    // It finishes what it is writing, and a load that is running, before it hands over.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // Then its connections run out.
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(35);

    private readonly Socket _socket;

    private Predecessor(Socket socket, ILogger logger, int processId, IReadOnlyList<SafeSocketHandle> handles)
    {
        _socket = socket;
        Sockets = new InheritedSockets(handles, End);
        logger.TookOver(Sockets.Count, processId);
    }

    /// <summary>Shared with it; once the server that listens on them has started it ends.</summary>
    public InheritedSockets Sockets { get; }

    /// <summary>Asks the server at a control socket to hand over; null where none answers.</summary>
    /// <exception cref="IOException">It answers, but does not hand over; the message is one line.</exception>
    public static Predecessor? Find(string controlPath, ILogger logger)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveTimeout = (int)Patience.TotalMilliseconds,
            SendTimeout = (int)Patience.TotalMilliseconds,
        };
        var handles = new List<SafeSocketHandle>();
        try
        {
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(controlPath));
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.ConnectionRefused)
            {
                logger.NoPredecessor(controlPath);
                socket.Dispose();
                return null;
            }

            Say(socket, new ControlRequest(Succession.Command));
            var line = ReadLine(socket, handles);
            var response = JsonSerializer.Deserialize(line, ControlShapes.Default.ControlResponse);
            if (response?.Handover is not { } handover)
            {
                throw new IOException($"the running server does not hand over: {response?.Error ?? "it says nothing"}");
            }

            while (handles.Count < handover.Sockets)
            {
                var octet = new byte[1];
                if (DescriptorMessage.Receive(socket, octet, handles) == 0)
                {
                    throw new IOException("the running server ended while it handed over");
                }
            }

            return new Predecessor(socket, logger, handover.ProcessId, handles);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            handles.ForEach(handle => handle.Dispose());
            throw exception is JsonException or SocketException ? new IOException(exception.Message, exception) : exception;
        }
    }

    /// <summary>Without a start before, tells it that nobody takes over.</summary>
    public void Dispose()
    {
        Sockets.Dispose();
        _socket.Dispose();
    }

    // From now on both answer, until the other has ended; nothing that has come to either is lost.
    private void End()
    {
        try
        {
            Say(_socket, new ControlRequest(Succession.EndCommand));
            _socket.ReceiveTimeout = (int)EndPatience.TotalMilliseconds;
            _ = _socket.Receive(new byte[1]);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            // It has ended already, or takes its time: it answers no new query any more in either case.
        }

        Sockets.Dispose();
    }

    private static void Say(Socket socket, ControlRequest request) =>
        socket.Send([.. JsonSerializer.SerializeToUtf8Bytes(request, ControlShapes.Default.ControlRequest), (byte)'\n']);

    private static string ReadLine(Socket socket, List<SafeSocketHandle> handles)
    {
        var line = new List<byte>();
        var octet = new byte[1];
        while (DescriptorMessage.Receive(socket, octet, handles) == 1)
        {
            if (octet[0] == '\n')
            {
                return System.Text.Encoding.UTF8.GetString([.. line]);
            }

            line.Add(octet[0]);
        }

        throw new IOException("the running server closed the connection");
    }
}
