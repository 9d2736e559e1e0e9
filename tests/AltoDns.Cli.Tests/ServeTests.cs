// altodns serve: from the start over reloads to the stop, by signals and files as an operator works with it.

using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using AltoDns.Cli.Tests.Support;

namespace AltoDns.Cli.Tests;

public sealed class ServeTests
{
    private const string Core = """100 10 "u" "ALTO:https" "!.*!https://alto1.isp.example/ird!" .""";
    private const string Name = "1.2.0.192.in-addr.arpa.";

    [Fact]
    public async Task Serves_the_samples_when_no_file_is_named()
    {
        await using var program = await ServingProgram.StartAsync(null);
        await program.ReadOutputUntilAsync(line => line.StartsWith("These are the samples.", StringComparison.Ordinal));

        Assert.Equal(
            $"""
            Serving 7 zones on {program.Endpoint} (UDP and TCP). Ctrl-C stops.
            These are the samples. Try: dig @127.0.0.1 -p {program.Endpoint.Port} -x 192.0.2.77 NAPTR

            """,
            program.Announcement);
        Assert.Equal(
            ["""100 10 "u" "ALTO:https" "!.*!https://alto1.isp1.example/ird!" ."""], await program.AskAsync("77.2.0.192.in-addr.arpa."));
    }

    [Fact]
    public async Task Announces_as_json_where_it_listens()
    {
        using var folder = TestFolder.WithPolicy();
        await using var program = await ServingProgram.StartAsync(folder, "isp.yaml", "--json", "--listen", "[::1]:0", "--workers", "1");
        await program.ReadOutputUntilAsync(line => line == "}");

        using var announcement = JsonDocument.Parse(program.Announcement);
        var endpoints = announcement.RootElement.GetProperty("endpoints").EnumerateArray().Select(endpoint => IPEndPoint.Parse(endpoint.GetString()!)).ToList();
        Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], endpoints.Select(endpoint => endpoint.Address));
        Assert.Equal(2, announcement.RootElement.GetProperty("zones").GetInt32());
        Assert.True(announcement.RootElement.GetProperty("names").GetInt64() > 192);
        Assert.All(program.Log.Split('\n'), line => JsonDocument.Parse(line).Dispose());
    }

    [Theory]
    [InlineData(ServingProgram.Terminate)]
    [InlineData(ServingProgram.Interrupt)]
    public async Task Stops_cleanly_on_a_signal(int signal)
    {
        using var folder = TestFolder.WithPolicy();
        await using var program = await ServingProgram.StartAsync(folder, "isp.yaml");
        Assert.Equal([Core], await program.AskAsync(Name));

        program.Signal(signal);

        Assert.Equal(0, await program.WaitForExitAsync());
        Assert.Contains("Stopped listening after 1 answers over UDP and 0 over TCP", program.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loads_a_changed_file_and_keeps_the_old_zones_when_it_is_bad()
    {
        using var folder = TestFolder.WithPolicy();
        await using var program = await ServingProgram.StartAsync(folder, "isp.yaml");
        Assert.Equal([Core], await program.AskAsync(Name));

        folder.Write("isp.yaml", TestFolder.Policy.Replace("192.0.2.0/24: core", "192.0.2.0/24: cor", StringComparison.Ordinal));
        await program.WaitForLogAsync("The zones loaded before are still served");
        Assert.Contains("isp.yaml:8:17: error: ", program.Log, StringComparison.Ordinal);
        Assert.Equal([Core], await program.AskAsync(Name));

        folder.Write("isp.yaml", TestFolder.Policy.Replace("alto1", "alto9", StringComparison.Ordinal));
        await WaitForAnswerAsync(program, Core.Replace("alto1", "alto9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Loads_anew_on_SIGHUP()
    {
        using var folder = TestFolder.WithPolicy();
        await using var program = await ServingProgram.StartAsync(folder, "isp.yaml");

        program.Signal(ServingProgram.Hangup);

        await program.WaitForLogAsync("Loading the zones again: SIGHUP was received");
        Assert.Equal([Core], await program.AskAsync(Name));
    }

    [Fact]
    public async Task Does_not_start_with_a_bad_policy()
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", TestFolder.Policy.Replace(": mobile", ": mobil", StringComparison.Ordinal).Replace("serial: 7", "serial: x", StringComparison.Ordinal));

        var result = await AltodnsProgram.RunAsync(folder, "serve", "isp.yaml", "--listen", "127.0.0.1:0");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("isp.yaml:2:77: error: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("isp.yaml:9:19: error: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("Nothing was loaded: 2 errors. There are no zones to serve", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_when_the_port_is_in_use()
    {
        using var folder = TestFolder.WithPolicy();
        using var other = new TcpListener(IPAddress.Loopback, 0) { ExclusiveAddressUse = true };
        other.Start();

        var result = await AltodnsProgram.RunAsync(folder, "serve", "isp.yaml", "--listen", $"{other.LocalEndpoint}");

        Assert.Equal((3, ""), (result.ExitCode, result.Output));
        Assert.Contains($"Cannot listen on {other.LocalEndpoint} (TCP): another program listens there. Stop it", result.Errors, StringComparison.Ordinal);
    }

    private static async Task WaitForAnswerAsync(ServingProgram program, string answer)
    {
        var limit = DateTime.UtcNow + AltodnsProgram.Patience;
        while (!(await program.AskAsync(Name)).SequenceEqual([answer], StringComparer.Ordinal))
        {
            Assert.True(DateTime.UtcNow < limit, $"{answer} was not served:\n{program.Log}");
            await Task.Delay(10);
        }
    }
}
