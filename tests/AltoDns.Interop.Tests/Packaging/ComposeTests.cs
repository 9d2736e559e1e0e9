// The network of docker/compose.yaml without Docker: the same configuration files, on addresses of loopback.

using System.Net;
using AltoDns.Benchmarks.Servers;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Packaging;

public sealed class ComposeTests
{
    private const string Core = """100 10 "u" "ALTO:https" "!.*!https://alto1.isp.example/ird!" .""";
    private const string Mobile = """100 10 "u" "ALTO:https" "!.*!https://alto2.isp.example/ird!" .""";
    private const int Port = 5353;

    private static readonly ServedZone Zone = new(DomainName.Parse("2.0.192.in-addr.arpa."), "");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // One network a process, so that test runs beside each other do not meet.
    private readonly string _network = $"127.{(Environment.ProcessId / 250 % 100) + 100}.{Environment.ProcessId % 250}";

    [Fact]
    public async Task Secondaries_and_resolver_answer_what_the_hidden_primary_compiles()
    {
        using var folder = new TemporaryFolder();
        var policies = folder.MakeFolder("zones");
        var policy = Path.Combine(policies, "isp.yaml");
        File.Copy(Path.Combine(Repository.Path, "docker/compose/zones/isp.yaml"), policy);

        await using var altodns = await StartAsync(10, "dotnet", folder, "altodns.yaml", file => [AltoDnsServer.ProgramPath, "serve", "--config", file]);
        await using var nsd = await StartAsync(11, "nsd", folder, "nsd.conf", file => ["-d", "-c", file]);
        await using var knot = await StartAsync(12, "knotd", folder, "knot.conf", file => ["--config", file]);
        await using var unbound = await StartAsync(13, "unbound", folder, "unbound.conf", file => ["-d", "-c", file]);
        foreach (var server in new[] { altodns, nsd, knot, unbound })
        {
            Assert.Equal([Core], await AskAsync(server, "77.2.0.192.in-addr.arpa.", RecordType.NAPTR));
            Assert.Equal([Mobile], await AskAsync(server, "200.2.0.192.in-addr.arpa.", RecordType.NAPTR));

            // Nobody is told of the hidden primary.
            Assert.Equal(["ns1.isp.example.", "ns2.isp.example."], (await AskAsync(server, "2.0.192.in-addr.arpa.", RecordType.NS)).Order());
        }

        var text = await File.ReadAllTextAsync(policy, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(policy, text.Replace("alto1", "alto9", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        foreach (var server in new[] { altodns, nsd, knot })
        {
            await FollowsAsync(server, Core.Replace("alto1", "alto9", StringComparison.Ordinal));
        }
    }

    private Task<RunningServer> StartAsync(int host, string program, TemporaryFolder folder, string configuration, Func<string, IReadOnlyList<string>> arguments)
    {
        // Processes on loopback are all the same client, whatever address they listen on.
        var state = folder.MakeFolder($"state-{host}");
        var text = File.ReadAllText(Path.Combine(Repository.Path, "docker/compose", configuration))
            .Replace("172.30.53.0/24", "127.0.0.0/8", StringComparison.Ordinal)
            .Replace("172.30.53", _network, StringComparison.Ordinal)
            .Replace("/var/lib/altodns", state, StringComparison.Ordinal)
            .Replace("/var/lib/peer", state, StringComparison.Ordinal);
        var file = folder.Write(configuration, text);
        return RunningServer.StartAsync(
            new ServerRecipe(program, ToolRunner.Require(program), (_, _) => arguments(file)) { Endpoint = new IPEndPoint(IPAddress.Parse($"{_network}.{host}"), Port) },
            [Zone],
            Patience);
    }

    private static async Task<IEnumerable<string>> AskAsync(RunningServer server, string name, RecordType type)
    {
        var answer = await server.Client.AskAsync(new Query(DomainName.Parse(name), type) { RecursionDesired = true });
        Assert.Equal(ResponseCode.NoError, answer.ResponseCode);
        return answer.Answers.Where(record => record.Type == type).Select(record => record.Data.ToString()!);
    }

    private static async Task FollowsAsync(RunningServer server, string expected)
    {
        using var limit = new CancellationTokenSource(Patience);
        while ((await AskAsync(server, "77.2.0.192.in-addr.arpa.", RecordType.NAPTR)).Single() != expected)
        {
            Assert.False(limit.IsCancellationRequested, $"{server.Name} does not follow.\n{server.Log}");
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
