// The catalog that AltoDns makes, consumed by Knot and BIND: zones come and go on them without a word to either.

using System.Net;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Catalogs;

public sealed class ProducedCatalogTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly DomainName Catalog = DomainName.Parse("catalog.test.");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Zones_appear_and_disappear_on_Knot_and_BIND_by_themselves()
    {
        ToolRunner.Require("knotd");
        ToolRunner.Require("named");
        var (port, knotPort, bindPort) = (LoopbackPort.Find(), LoopbackPort.Find(), LoopbackPort.Find());
        Serve("a.test.", "b.test.");
        var configuration = _folder.Write("altodns.yaml", $$"""
            zone-lists: [zones.list]
            state: state
            control: off
            allow-transfer: [127.0.0.0/8]
            notify: ["127.0.0.1:{{knotPort}}", "127.0.0.1:{{bindPort}}"]
            catalog: { zone: {{Catalog}}, groups: [b.test=member] }

            """);
        await using var primary = await RunningServer.StartAsync(
            AltoDnsServer.Recipe(["--config", configuration]) with { Endpoint = new IPEndPoint(IPAddress.Loopback, port) }, [new ServedZone(Catalog, "")], Patience);
        await using var knot = await RunningServer.StartAsync(Knot(port, knotPort), [new ServedZone(Catalog, "")], Patience);
        await using var bind = await RunningServer.StartAsync(Bind(port, bindPort), [new ServedZone(Catalog, "")], Patience);
        RunningServer[] secondaries = [knot, bind];

        await AnswerAsync(secondaries, "a.test.", isServed: true);
        await AnswerAsync(secondaries, "b.test.", isServed: true);

        Serve("b.test.", "c.test.");
        await AnswerAsync(secondaries, "c.test.", isServed: true);
        await AnswerAsync(secondaries, "a.test.", isServed: false);

        Serve([.. Enumerable.Range(0, 50).Select(number => $"z{number}.test."), "b.test."]);
        foreach (var number in new[] { 0, 25, 49 })
        {
            await AnswerAsync(secondaries, $"z{number}.test.", isServed: true);
        }

        await AnswerAsync(secondaries, "b.test.", isServed: true);
        await AnswerAsync(secondaries, "c.test.", isServed: false);
    }

    public void Dispose() => _folder.Dispose();

    private void Serve(params string[] zones)
    {
        foreach (var zone in zones)
        {
            _folder.Write($"{zone}zone", "$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 300\n@ NS ns\nns A 192.0.2.1\n");
        }

        _folder.Write("zones.new", string.Concat(zones.Select(zone => $"{zone} {zone}zone\n")));
        File.Move(Path.Combine(_folder.Path, "zones.new"), Path.Combine(_folder.Path, "zones.list"), overwrite: true);
    }

    private static async Task AnswerAsync(RunningServer[] servers, string zone, bool isServed)
    {
        using var limit = new CancellationTokenSource(Patience);
        foreach (var server in servers)
        {
            while (true)
            {
                var answer = (await server.Client.TryAskAsync([new Query(DomainName.Parse($"ns.{zone}"), RecordType.A)]))[0];
                if (isServed ? answer is { Answers.Count: 1 } : answer is { ResponseCode: ResponseCode.Refused })
                {
                    break;
                }

                Assert.False(limit.IsCancellationRequested, $"{server.Name} {(isServed ? "does not get" : "keeps")} {zone}\n{answer}\n{server.Log}");
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private static ServerRecipe Knot(int primary, int port) => Recipe("Knot", "knotd", port, folder => ["--config", folder.Write("knot.conf", $"""
        server:
            listen: 127.0.0.1@{port}
            rundir: "{folder.Path}"
            pidfile: "{folder.Path}/knot.pid"
            udp-workers: 1
            tcp-workers: 1
            background-workers: 2
        log:
          - target: stderr
            any: info
        database:
            storage: "{folder.Path}"
        remote:
          - id: primary
            address: 127.0.0.1@{primary}
        acl:
          - id: notify
            address: 127.0.0.1
            action: notify
        template:
          - id: default
            storage: "{folder.Path}"
            semantic-checks: off
            master: primary
            acl: notify
          - id: member
            storage: "{folder.Path}"
            semantic-checks: off
            master: primary
            acl: notify
        zone:
          - domain: "{Catalog}"
            catalog-role: interpret
            catalog-template: [default, member]

        """)]);

    private static ServerRecipe Bind(int primary, int port) => Recipe("BIND", "named", port, folder => ["-g", "-n", "1", "-c", folder.Write("named.conf", $$"""
        options {
          directory "{{folder.Path}}";
          pid-file none;
          lock-file none;
          session-keyfile none;
          managed-keys-directory "{{folder.Path}}";
          listen-on port {{port}} { 127.0.0.1; };
          listen-on-v6 { none; };
          recursion no;
          dnssec-validation no;
          notify no;
          empty-zones-enable no;
          catalog-zones { zone "{{Catalog}}" default-primaries { 127.0.0.1 port {{primary}}; } in-memory yes min-update-interval 0; };
        };
        controls { };
        zone "{{Catalog}}" { type secondary; primaries { 127.0.0.1 port {{primary}}; }; file "catalog.zone"; };

        """)]);

    private static ServerRecipe Recipe(string name, string program, int port, Func<TemporaryFolder, string[]> prepare) =>
        new(name, ToolRunner.Require(program), (folder, _) => prepare(folder))
        {
            Endpoint = new IPEndPoint(IPAddress.Loopback, port),

            // Knot refuses questions about a catalog that it interprets.
            IsReady = _ => true,
        };
}
