// The table of settings of where and how generously the server listens.

using System.Net;
using AltoDns.Protocol.Names;
using AltoDns.Server.Listening;

namespace AltoDns.Server.Configuration;

/// <summary>A part of <see cref="ServerSettings"/>.</summary>
public static class ListeningSettings
{
    private const int MaxWorkers = 1024;
    private const int MaxDatagrams = 1024;
    private const int MinBuffer = 4096;
    private const int MaxBuffer = int.MaxValue / 2;
    private const int MaxConnections = 1_000_000;

    private static readonly List<Setting> Rows = [];
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    /// <summary>In the order of the sample and the reference.</summary>
    public static IReadOnlyList<Setting> All => Rows;

    public static Setting<IReadOnlyList<IPEndPoint>> Listen { get; } = Add(new ListSetting<IPEndPoint>("listen", "an address or a list of addresses", ValueKinds.ListenAddress)
    {
        Option = "--listen",
        OptionAliases = ["-l"],
        Default = "[\"127.0.0.1:5300\", \"[::1]:5300\"]",
        Example = "[192.0.2.53, \"[2001:db8::53]:53\"]",
        Description = "Where to answer, over UDP and TCP. Without a port 53 is meant; port 0 takes a free one.",
    });

    public static Setting<int> UdpWorkers { get; } = Add(new SingleSetting<int>("udp.workers", ValueKinds.Number("a number of UDP threads", 1, MaxWorkers))
    {
        Option = "--udp-workers",
        OptionAliases = ["--workers"],
        Otherwise = "one for each processor",
        Example = "4",
        Description = "UDP threads for each address.",
    });

    public static Setting<UdpEngine> UdpEngineName { get; } = Add(new SingleSetting<UdpEngine>(
        "udp.engine",
        ValueKinds.Word("a UDP engine", ("fastest", UdpEngine.Fastest), ("batches", UdpEngine.Batches), ("sockets", UdpEngine.Sockets)))
    {
        Option = "--udp-engine",
        Default = "fastest",
        Example = "sockets",
        Description = "How datagrams are read and written: fastest, in batches where the system can; batches, or do not start; sockets, one by one as on every system.",
    });

    public static Setting<int> UdpBatch { get; } = Add(new SingleSetting<int>("udp.batch", ValueKinds.Number("a number of datagrams", 1, MaxDatagrams))
    {
        Option = "--udp-batch",
        Default = "64",
        Example = "128",
        Description = "Datagrams that one system call may bring.",
    });

    public static Setting<long> UdpReceiveBuffer { get; } = Add(new SingleSetting<long>("udp.receive-buffer", ValueKinds.Octets("a size of a buffer", MinBuffer, MaxBuffer))
    {
        Option = "--udp-receive-buffer",
        Default = "4MiB",
        Example = "16MiB",
        Description = "Octets of queries that the system holds for each UDP thread while it is busy.",
    });

    public static Setting<long> UdpSendBuffer { get; } = Add(new SingleSetting<long>("udp.send-buffer", ValueKinds.Octets("a size of a buffer", MinBuffer, MaxBuffer))
    {
        Option = "--udp-send-buffer",
        Default = "1MiB",
        Example = "4MiB",
        Description = "Octets of answers that the system holds for each UDP thread; beyond them answers are dropped.",
    });

    public static Setting<IReadOnlyList<XdpInterface>> Xdp { get; } = Add(new ListSetting<XdpInterface>("xdp", "an interface or a list of interfaces", ValueKinds.Interface)
    {
        Option = "--xdp",
        Otherwise = "none",
        Example = "[eth0, \"eth1:0,1\"]",
        Description = "Interfaces whose UDP queries are taken past the kernel's sockets, on all of their queues or those named. Linux; docs/xdp.md.",
    });

    public static Setting<IReadOnlyList<IPEndPoint>> TlsListen { get; } = Add(new ListSetting<IPEndPoint>("tls.listen", "an address or a list of addresses", ValueKinds.ListenAddress)
    {
        Option = "--tls",
        Otherwise = "nowhere",
        Example = "[\"192.0.2.53:853\"]",
        Description = "Where to answer over TLS as well, queries (RFC 7858) and transfers (RFC 9103); the usual port is 853.",
    });

    public static Setting<string> TlsCertificate { get; } = Add(new SingleSetting<string>("tls.certificate", ValueKinds.Path("a PEM file", "FILE"))
    {
        Option = "--tls-certificate",
        Otherwise = "none",
        Example = "certs/ns1.pem",
        Description = "The server's certificate in PEM form, with those that lead to its authority. Read again when it changes.",
    });

    public static Setting<string> TlsKey { get; } = Add(new SingleSetting<string>("tls.key", ValueKinds.Path("a PEM file", "FILE"))
    {
        Option = "--tls-key",
        Otherwise = "the certificate's file",
        Example = "certs/ns1.key",
        Description = "The certificate's key in PEM form.",
    });

    public static Setting<string> TlsClientAuthorities { get; } = Add(new SingleSetting<string>("tls.client-authorities", ValueKinds.Path("a PEM file", "FILE"))
    {
        Option = "--tls-client-authorities",
        Otherwise = "clients need no certificate",
        Example = "certs/clients.pem",
        Description = "Authorities in PEM form: TLS clients have to show a certificate from one of them.",
    });

    public static Setting<int> TcpConnections { get; } = Add(new SingleSetting<int>("tcp.max-connections", ValueKinds.Number("a number of connections", 1, MaxConnections))
    {
        Default = "1024",
        Example = "8192",
        Description = "TCP connections that are open at a time; when one more comes, the idlest is closed (RFC 7766 §6).",
    });

    public static Setting<int> TcpConnectionsPerClient { get; } = Add(new SingleSetting<int>("tcp.max-connections-per-client", ValueKinds.Number("a number of connections", 1, MaxConnections))
    {
        Default = "64",
        Example = "16",
        Description = "TCP and TLS connections of one client, which is an address or a network as the two settings below say; one more is refused.",
    });

    public static Setting<int> TcpIPv4Length { get; } = Add(new SingleSetting<int>("tcp.ipv4-prefix", ValueKinds.Number("a prefix length", 8, 32))
    {
        Default = "32",
        Example = "24",
        Description = "Bits of IPv4 addresses that make them one client, where connections are counted.",
    });

    public static Setting<int> TcpIPv6Length { get; } = Add(new SingleSetting<int>("tcp.ipv6-prefix", ValueKinds.Number("a prefix length", 16, 64))
    {
        Default = "64",
        Example = "56",
        Description = "Bits of IPv6 addresses that make them one client, where connections are counted.",
    });

    public static Setting<TimeSpan> TcpIdleTimeout { get; } = Add(new SingleSetting<TimeSpan>("tcp.idle-timeout", ValueKinds.Period("a time", Shortest, Day))
    {
        Default = "10s",
        Example = "30s",
        Description = "How long a connection without a query stays open while at most half of the connections are.",
    });

    public static Setting<TimeSpan> TcpBusyIdleTimeout { get; } = Add(new SingleSetting<TimeSpan>("tcp.busy-idle-timeout", ValueKinds.Period("a time", Shortest, Day))
    {
        Default = "500ms",
        Example = "1s",
        Description = "What the idle timeout shrinks to, evenly, as the last half of the connections fills up.",
    });

    public static Setting<TimeSpan> TcpMessageTimeout { get; } = Add(new SingleSetting<TimeSpan>("tcp.message-timeout", ValueKinds.Period("a time", Shortest, Day))
    {
        Default = "5s",
        Example = "2s",
        Description = "How long a message may take from its first octet to its last.",
    });

    public static Setting<TimeSpan> TcpWriteTimeout { get; } = Add(new SingleSetting<TimeSpan>("tcp.write-timeout", ValueKinds.Period("a time", Shortest, Day))
    {
        Default = "5s",
        Example = "10s",
        Description = "How long answers may wait for a client that does not read.",
    });

    public static Setting<int> TcpBacklog { get; } = Add(new SingleSetting<int>("tcp.backlog", ValueKinds.Number("a number of connections", 1, 65_535))
    {
        Default = "1024",
        Example = "4096",
        Description = "Connections that the system holds until they are accepted; it may hold fewer (net.core.somaxconn).",
    });

    public static Setting<IReadOnlyList<IPPrefix>> Proxies { get; } = Add(new ListSetting<IPPrefix>("proxy-protocol-from", "a prefix or a list of prefixes", ValueKinds.Prefix)
    {
        Option = "--proxy-protocol-from",
        Otherwise = "nobody",
        Example = "[192.0.2.10/32]",
        Description = "Proxies, such as dnsdist, that say with the PROXY protocol (version 2) whom they ask for, over UDP, TCP and TLS. What they send without it is dropped.",
    });

    public static Setting<TimeSpan> StopTimeout { get; } = Add(new SingleSetting<TimeSpan>("stop-timeout", ValueKinds.Period("a time", TimeSpan.Zero, TimeSpan.FromSeconds(25)))
    {
        Default = "5s",
        Example = "2s",
        Description = "How long a stop lets begun answers finish before it cuts them off.",
    });

    private static T Add<T>(T row)
        where T : Setting
    {
        Rows.Add(row);
        return row;
    }
}
