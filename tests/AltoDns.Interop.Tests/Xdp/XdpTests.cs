// AF_XDP over a virtual cable: what it answers, what it leaves to the kernel, and what is left of it when it ends.

using System.Buffers.Binary;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using AltoDns.Harness;
using AltoDns.Harness.Network;
using AltoDns.Interop.Tests.Smoke;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Testing;

namespace AltoDns.Interop.Tests.Xdp;

public sealed class XdpTests
{
    private const string Name = "77.2.0.192.in-addr.arpa.";
    private const string Naptr = """100 10 "u" "ALTO:https" "!.*!https://alto1.isp1.example/ird!" .""";

    // Data that only a long answer holds.
    private const string LongZone = "@ 60 IN SOA ns h 1 1 1 1 1\n@ 60 IN NS ns\nns 60 IN A 192.0.2.1\n";

    private static readonly string[] OnXdp = ["--xdp", VethPair.ServerInterface];
    private static readonly byte[] Question = new Query(DomainName.Parse(Name), RecordType.NAPTR).ToWire(4711);

    [Fact]
    public async Task Dig_gets_answers_by_XDP_and_over_TCP()
    {
        await using var network = await VethPair.CreateAsync();
        await using var server = await XdpServer.StartAsync(network, OnXdp);
        foreach (var (address, option) in new[] { (VethPair.ServerAddress, "+notcp"), (VethPair.ServerAddressV6, "+notcp"), (VethPair.ServerAddress, "+tcp"), (VethPair.ServerAddressV6, "+tcp") })
        {
            var answer = DigAnswer.Parse(await network.Client.RunAsync("dig", [$"@{address}", "-x", "192.0.2.77", "NAPTR", option, "+tries=1", "+timeout=20"]));
            Assert.Equal([Naptr], answer.Answers.Select(record => record.Data));
        }

        Assert.Equal(new ServedCounts(Xdp: 2, Received: 2, Malformed: 0, Udp: 0, Tcp: 2, Dropped: 0), await server.StopAsync());
    }

    [Fact]
    public async Task What_is_no_plain_datagram_is_left_to_the_kernel()
    {
        await using var network = await VethPair.CreateAsync();
        await using var server = await XdpServer.StartAsync(network, OnXdp);
        var asker = new XdpAsker(network);

        // A tagged frame: it belongs to another interface, which there is none of.
        var good = await UdpFrameAsync(network);
        using (var socket = network.Client.Call(() => new PacketSocket(VethPair.ClientInterface)))
        {
            socket.Send([.. good[..12], 0x81, 0x00, 0, 5, .. good[12..]]);
        }

        // Options in the IP header: three of "no operation" and the end.
        AssertAnswered(asker.AskByUdp(Question, prepare: socket => socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.IPOptions, [1, 1, 1, 0])));

        // Fragments.
        await NetworkNamespace.IpAsync("-n", network.Client.Name, "link", "set", VethPair.ClientInterface, "mtu", "1280");
        AssertAnswered(asker.AskByUdp(Padded(2000), prepare: socket => socket.DontFragment = false));
        AssertAnswered(asker.AskByUdp(Padded(2000), XdpServer.EndpointV6));

        AssertAnswered(asker.AskByUdp(Question));
        Assert.Equal(new ServedCounts(Xdp: 1, Received: 1, Malformed: 0, Udp: 3, Tcp: 0, Dropped: 0), await server.StopAsync());
    }

    [Fact]
    public async Task Hostile_frames_are_dropped_and_counted()
    {
        await using var network = await VethPair.CreateAsync();
        await using var server = await XdpServer.StartAsync(network, OnXdp);
        var asker = new XdpAsker(network);
        AssertAnswered(asker.AskByUdp(Question));
        var good = await UdpFrameAsync(network);
        const int IPv4Length = 16;
        const int IPv4Checksum = 24;
        const int IPv4Source = 26;
        const int UdpSourcePort = 34;
        const int UdpLength = 38;
        byte[][] hostile =
        [
            Changed(good, IPv4Length, 0xFF, 0xFF),
            Changed(good, IPv4Length, 0, 20),
            Changed(good, IPv4Checksum, 0xAA, 0x55),
            Changed(good, UdpLength, 0xFF, 0xFF),
            Changed(good, UdpLength, 0, 7),
            good[..42],
        ];
        byte[][] unanswerable = [Changed(good, UdpSourcePort, 0, 0), WithSource(good, IPv4Source, 255, 255, 255, 255), WithSource(good, IPv4Source, 10, 77, 0, 1)];

        using (var socket = network.Client.Call(() => new PacketSocket(VethPair.ClientInterface)))
        {
            foreach (var frame in hostile.Concat(unanswerable))
            {
                socket.Send(frame);
            }

            socket.Send(good);
        }

        // What was sent before has been seen when this is answered: there is one queue.
        AssertAnswered(asker.AskByUdp(Question));
        var counts = await server.StopAsync();
        Assert.Equal(new ServedCounts(Xdp: 3, Received: 3 + hostile.Length + unanswerable.Length, Malformed: hostile.Length, Udp: 0, Tcp: 0, Dropped: 0), counts);
    }

    [Fact]
    public async Task An_answer_over_the_MTU_is_shortened()
    {
        await using var network = await VethPair.CreateAsync();
        using var folder = new TemporaryFolder();
        var text = string.Concat(Enumerable.Range(0, 30).Select(i => $"long 60 IN TXT \"{i:D3}{new string('x', 90)}\"\n"));
        var zone = folder.Write("long.zone", LongZone + text);
        await using var server = await XdpServer.StartAsync(network, ["--zone", $"example={zone}", "--udp-size", "4096", .. OnXdp]);
        var asker = new XdpAsker(network);

        var answer = asker.AskByUdp(new Query(DomainName.Parse("long.example."), RecordType.TXT) { UdpPayload = 4096 }.ToWire(1));
        Assert.InRange(answer.Length, 12, 1232);
        Assert.True(MessageHeader.TryRead(answer, out var header));
        Assert.True(header.Flags.HasFlag(MessageFlags.Truncated));
        Assert.Equal(1, (await server.StopAsync()).Xdp);
    }

    [Fact]
    public async Task Nothing_stays_at_the_interface_of_a_killed_server()
    {
        await using var network = await VethPair.CreateAsync();
        await using (var server = await XdpServer.StartAsync(network, OnXdp))
        {
            Assert.Contains("xdp", await ShowServerInterfaceAsync(network), StringComparison.Ordinal);
            await server.KillAsync();
        }

        Assert.DoesNotContain("xdp", await ShowServerInterfaceAsync(network), StringComparison.Ordinal);

        // The port and the interface are free for the next.
        await using var next = await XdpServer.StartAsync(network, OnXdp);
        AssertAnswered(new XdpAsker(network).AskByUdp(Question));
        Assert.Equal(1, (await next.StopAsync()).Xdp);
    }

    [Fact]
    public async Task Needs_no_more_rights_than_the_documentation_names()
    {
        const string Rights = "-all,+net_admin,+net_raw,+bpf,+net_bind_service";
        await using var network = await VethPair.CreateAsync();
        await using var server = await XdpServer.StartAsync(network, OnXdp, ToolRunner.Require("setpriv"), "--bounding-set", Rights, "--inh-caps", Rights);
        AssertAnswered(new XdpAsker(network).AskByUdp(Question));

        Assert.Equal(1, (await server.StopAsync()).Xdp);
    }

    [Fact]
    public async Task Serves_through_sockets_where_there_is_no_right()
    {
        await using var network = await VethPair.CreateAsync();
        await using var server = await XdpServer.StartAsync(
            network, OnXdp, ToolRunner.Require("setpriv"), "--bounding-set", "-net_admin,-net_raw,-sys_admin,-bpf,-perfmon", "--inh-caps", "-net_admin,-net_raw,-sys_admin,-bpf,-perfmon");
        AssertAnswered(new XdpAsker(network).AskByUdp(Question));

        Assert.Contains($"No XDP on {VethPair.ServerInterface}: making an XSKMAP: Operation not permitted; it needs CAP_NET_ADMIN and CAP_BPF (or root). The UDP sockets answer", server.Log, StringComparison.Ordinal);
        Assert.Equal(new ServedCounts(Xdp: null, Received: 0, Malformed: 0, Udp: 1, Tcp: 0, Dropped: 0), await server.StopAsync());
    }

    [Theory]
    [InlineData("veth-other", "there is no such interface")]
    [InlineData("lo", "it has none of the addresses that are listened on")]
    [InlineData("veth-server:7", "binding to queue 7: Invalid argument")]
    public async Task Serves_through_sockets_where_the_interface_is_not_right(string name, string reason)
    {
        await using var network = await VethPair.CreateAsync();
        await using var server = await XdpServer.StartAsync(network, ["--xdp", name]);
        AssertAnswered(new XdpAsker(network).AskByUdp(Question));

        Assert.Contains($"No XDP on {name}: {reason}. The UDP sockets answer", server.Log, StringComparison.Ordinal);
        Assert.Equal(1, (await server.StopAsync()).Udp);
    }

    private static void AssertAnswered(byte[] answer) => Assert.Equal((ResponseCode.NoError, 1), (AnswerMessage.Parse(answer).ResponseCode, AnswerMessage.Parse(answer).Answers.Count));

    private static Task<string> ShowServerInterfaceAsync(VethPair network) =>
        NetworkNamespace.IpAsync("-n", network.Server.Name, "-details", "link", "show", VethPair.ServerInterface);

    private static async Task<byte[]> HardwareAddressAsync(string space, string name)
    {
        var words = (await NetworkNamespace.IpAsync("-n", space, "link", "show", name)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return PhysicalAddress.Parse(words[Array.IndexOf(words, "link/ether") + 1]).GetAddressBytes();
    }

    /// <summary>The question with EDNS padding (RFC 7830).</summary>
    private static byte[] Padded(int length)
    {
        var query = new Query(DomainName.Parse(Name), RecordType.NAPTR) { UdpPayload = 1232 }.ToWire(1);
        byte[] padded = [.. query, 0, 12, (byte)(length >> 8), (byte)length, .. new byte[length]];
        BinaryPrimitives.WriteUInt16BigEndian(padded.AsSpan(query.Length - sizeof(ushort)), (ushort)(length + 4));
        return padded;
    }

    /// <summary>The question from port 4321, without a UDP checksum.</summary>
    private static async Task<byte[]> UdpFrameAsync(VethPair network)
    {
        var to = await HardwareAddressAsync(network.Server.Name, VethPair.ServerInterface);
        var from = await HardwareAddressAsync(network.Client.Name, VethPair.ClientInterface);
        byte[] ip =
        [
            0x45, 0, 0, (byte)(28 + Question.Length), 0, 0, 0, 0, 64, 17, 0, 0, .. VethPair.ClientAddress.GetAddressBytes(), .. VethPair.ServerAddress.GetAddressBytes(),
        ];
        SetIPv4Checksum(ip);
        return [.. to, .. from, 8, 0, .. ip, 4321 >> 8, 4321 & 255, 0, XdpServer.Port, 0, (byte)(8 + Question.Length), 0, 0, .. Question];
    }

    private static void SetIPv4Checksum(Span<byte> ip)
    {
        ip[10..12].Clear();
        uint sum = 0;
        for (var i = 0; i < ip.Length; i += sizeof(ushort))
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(ip[i..]);
        }

        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~((sum & 0xFFFF) + (sum >> 16)));
    }

    private static byte[] Changed(byte[] frame, int offset, params byte[] octets)
    {
        var changed = frame.ToArray();
        octets.CopyTo(changed, offset);
        return changed;
    }

    private static byte[] WithSource(byte[] frame, int offset, params byte[] address)
    {
        var changed = Changed(frame, offset, address);
        SetIPv4Checksum(changed.AsSpan(14, 20));
        return changed;
    }
}
