// The options that sockets are bound with, as the kernel has them.

using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using AltoDns.Server.Listening;

namespace AltoDns.Server.Tests.Listening;

public sealed class ListenSocketsTests
{
    private const int IPLevel = 0;
    private const int IPMtuDiscover = 10;
    private const int IPv6Level = 41;
    private const int IPv6MtuDiscover = 23;
    private const int Probe = 3;

    [Theory]
    [InlineData("127.0.0.1", IPLevel, IPMtuDiscover)]
    [InlineData("::1", IPv6Level, IPv6MtuDiscover)]
    public void Answers_are_not_fragmented_and_no_path_MTU_is_believed(string address, int level, int option)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The options are Linux's.");
        using var socket = Bind(new ListeningOptions { Endpoints = [] }, address);
        var value = 0;
        socket.GetRawSocketOption(level, option, MemoryMarshal.AsBytes(new Span<int>(ref value)));

        Assert.Equal(Probe, value);
    }

    [Fact]
    public void Buffers_have_the_sizes_asked_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems report other sizes.");
        using var socket = Bind(new ListeningOptions { Endpoints = [], UdpReceiveBuffer = 20_000, UdpSendBuffer = 10_000 });

        // Linux doubles what it grants, to allow for its own overhead (socket(7)).
        Assert.Equal((40_000, 20_000), (socket.ReceiveBufferSize, socket.SendBufferSize));
    }

    private static Socket Bind(ListeningOptions options, string address = "127.0.0.1") =>
        ListenSockets.BindUdp(new IPEndPoint(IPAddress.Parse(address), 0), shared: false, tellsDestination: false, options);
}
