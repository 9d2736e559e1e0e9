// altodns health against a server that runs, and against none.

using System.Net;
using System.Net.Sockets;
using AltoDns.Cli.Tests.Support;

namespace AltoDns.Cli.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task Tells_whether_a_server_answers()
    {
        await using var program = await ServingProgram.StartAsync(null);

        Assert.Equal(new CommandResult(0, "", ""), await AltodnsProgram.RunAsync(null, "health", $"{program.Endpoint}"));
        Assert.Equal(new CommandResult(0, "", ""), await AltodnsProgram.RunAsync(null, "health", "--listen", $"0.0.0.0:{program.Endpoint.Port}", "-z", "2.0.192.in-addr.arpa"));

        var other = await AltodnsProgram.RunAsync(null, "health", $"{program.Endpoint}", "-z", "2.0.192.in-addr.arpa", "-z", "example.org");
        Assert.Equal((1, $"{program.Endpoint}: example.org. SOA is answered Refused, not with authority and a record\n"), (other.ExitCode, other.Errors));
    }

    [Fact]
    public async Task Fails_where_nobody_answers()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var result = await AltodnsProgram.RunAsync(null, "health", $"{silent.LocalEndPoint}", "--timeout", "0.3");

        Assert.Equal((1, $"{silent.LocalEndPoint}: no answer to id.server. TXT within 0.3 s\n"), (result.ExitCode, result.Errors));
    }

    [Theory]
    [InlineData("192.0.2.1:99999")]
    [InlineData("192.0.2.1 --zone a..b")]
    [InlineData("192.0.2.1 --timeout 0")]
    public async Task Refuses_what_it_does_not_understand(string arguments) =>
        Assert.Equal(2, (await AltodnsProgram.RunAsync(null, ["health", .. arguments.Split(' ')])).ExitCode);
}
