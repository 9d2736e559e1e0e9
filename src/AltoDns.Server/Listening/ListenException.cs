// Why a server could not start to listen, told so that an operator can mend it.

using System.Net;
using System.Net.Sockets;
using AltoDns.Server.Answering;

namespace AltoDns.Server.Listening;

/// <summary>An endpoint could not be bound. The message is one line: the endpoint, the reason, the remedy.</summary>
public sealed class ListenException : Exception
{
    private readonly SocketException _fault;

    /// <param name="choice">How another endpoint is chosen.</param>
    public ListenException(IPEndPoint endpoint, Transport transport, SocketException inner, string choice = "--listen ADDRESS:PORT")
        : base(Describe(endpoint, transport, inner, choice), inner)
    {
        _fault = inner;
        Endpoint = endpoint;
        Transport = transport;
        Reason = inner.SocketErrorCode;
    }

    public IPEndPoint Endpoint { get; }

    public Transport Transport { get; }

    public SocketError Reason { get; }

    /// <summary>The same for an endpoint that is chosen in another way.</summary>
    public ListenException ChosenBy(string choice) => new(Endpoint, Transport, _fault, choice);

    private static string Describe(IPEndPoint endpoint, Transport transport, SocketException inner, string choice)
    {
        var (reason, remedy) = inner.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => (
                "another program listens there",
                $"Stop it (on Linux, ss -lnptu 'sport = :{endpoint.Port}' names it), or choose another port with {choice}."),
            SocketError.AccessDenied => (
                "the system does not permit it",
                $"Ports below 1024 need a right: run setcap cap_net_bind_service=+ep {Environment.ProcessPath ?? "altodns"},"
                    + " set AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit, or choose a port from 1024 with {choice}."),
            SocketError.AddressNotAvailable => (
                "no interface of this machine has the address",
                $"Choose one that ip address shows, with {choice}."),
            SocketError.AddressFamilyNotSupported => (
                $"the system has no {(endpoint.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4")}",
                $"Leave the address out of {choice.Split(' ')[0]}, or switch the protocol on."),
            _ => (inner.Message, $"Choose another endpoint with {choice}."),
        };
        return $"Cannot listen on {endpoint} ({(transport == Transport.Udp ? "UDP" : "TCP")}): {reason}. {remedy}";
    }
}
