// The table of odd packets, sent to NSD: what AltoDns does otherwise, it does for the reason that the table gives.

using System.Net.Sockets;
using System.Text;
using AltoDns.Harness;
using AltoDns.Testing;

namespace AltoDns.Interop.Tests.Answering;

public sealed class PacketTableTests
{
    private const int Attempts = 3;

    // An answer on the loopback takes less than a millisecond; silence has to be waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task Nsd_answers_as_the_table_says()
    {
        using var folder = new TemporaryFolder();
        var zone = new ServedZone(Protocol.Names.DomainName.Parse("example."), folder.Write("example.zone", PacketCase.ZoneText));
        await using var server = await NsdServer.StartAsync([zone]);
        var differences = new StringBuilder();
        foreach (var packet in PacketCase.All)
        {
            var actual = PacketCase.Describe(Ask(server, packet.Octets));
            if (actual != packet.Nsd)
            {
                differences.Append($"{packet}: {actual}, expected {packet.Nsd}\n");
            }
        }

        if (differences.Length > 0)
        {
            Assert.Fail(differences.ToString());
        }
    }

    /// <returns>The answer, empty for silence.</returns>
    private static ReadOnlySpan<byte> Ask(RunningServer server, byte[] packet)
    {
        var buffer = new byte[ushort.MaxValue];
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(server.Endpoint);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            socket.Send(packet);
            if (socket.Poll(Patience, SelectMode.SelectRead))
            {
                return buffer.AsSpan(0, socket.Receive(buffer));
            }
        }

        return default;
    }
}
