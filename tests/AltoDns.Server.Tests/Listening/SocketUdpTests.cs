// The UDP engine of every platform.

using System.Net;
using AltoDns.Server.Listening;

namespace AltoDns.Server.Tests.Listening;

public sealed class SocketUdpTests() : UdpTests(UdpEngine.Sockets)
{
    [Fact]
    public async Task Says_which_addresses_the_wildcard_stands_for()
    {
        await using var server = Start(address: IPAddress.Any);

        Assert.Contains(server.Log.Entries, entry => entry.Id == 1001 && entry.Message.Contains("127.0.0.1", StringComparison.Ordinal));
    }
}
