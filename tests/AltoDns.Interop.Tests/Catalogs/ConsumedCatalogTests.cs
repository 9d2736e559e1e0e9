// Catalogs that Knot, BIND and another AltoDns make, consumed by AltoDns: its secondaries come and go with them.

using System.Net;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Catalogs;

public sealed class ConsumedCatalogTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly DomainName Catalog = DomainName.Parse("catalog.test.");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Members_of_a_catalog_that_Knot_makes_become_secondaries()
    {
        var (port, own) = (LoopbackPort.Find(), LoopbackPort.Find());
        var configurationOfKnot = "";
        string[] zones = ["a.test.", "b.test."];
        var recipe = new ServerRecipe("Knot", ToolRunner.Require("knotd"), (folder, _) => ["--config", configurationOfKnot = Configure(folder.Path, port, own, zones)])
        {
            Endpoint = new IPEndPoint(IPAddress.Loopback, port),
            IsReady = _ => true,
        };
        await using var knot = await RunningServer.StartAsync(recipe, [new ServedZone(Catalog, "")], Patience);
        var configuration = _folder.Write("altodns.yaml", $$"""
            state: state
            control: off
            secondaries: { {{Catalog}}: { primaries: ["127.0.0.1:{{port}}"], catalog: true } }

            """);
        var start = AltoDnsServer.Recipe(["--config", configuration]) with { Endpoint = new IPEndPoint(IPAddress.Loopback, own), IsReady = _ => true };
        await using (var server = await RunningServer.StartAsync(start, [new ServedZone(Catalog, "")], Patience))
        {
            await AnswerAsync(server, "a.test.", isServed: true);
            await AnswerAsync(server, "b.test.", isServed: true);

            Configure(Path.GetDirectoryName(configurationOfKnot)!, port, own, "b.test.", "c.test.");
            var reloaded = await ToolRunner.RunAsync("bash", ["-c", $"kill -HUP {knot.ProcessId}"]);
            Assert.True(reloaded.ExitCode == 0, reloaded.ToString());
            await AnswerAsync(server, "c.test.", isServed: true);
            await AnswerAsync(server, "a.test.", isServed: false);
            await AnswerAsync(server, "b.test.", isServed: true);
        }

        // The members are there at once after a restart, also without the primary.
        await knot.DisposeAsync();
        await using var again = await RunningServer.StartAsync(start, [new ServedZone(Catalog, "")], Patience);
        await AnswerAsync(again, "b.test.", isServed: true);
        await AnswerAsync(again, "c.test.", isServed: true);
        await AnswerAsync(again, "a.test.", isServed: false);
    }

    [Fact]
    public async Task Members_of_a_catalog_that_AltoDns_makes_become_secondaries_of_another_AltoDns()
    {
        var (primaryPort, port) = (LoopbackPort.Find(), LoopbackPort.Find());
        _folder.Write("a.zone", "$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 300\n@ NS ns\nns A 192.0.2.1\n");
        var configuration = _folder.Write("primary.yaml", $$"""
            zones: { a.test: a.zone }
            state: primary
            control: off
            allow-transfer: [127.0.0.0/8]
            notify: ["127.0.0.1:{{port}}"]
            catalog: { zone: {{Catalog}} }

            """);
        await using var primary = await RunningServer.StartAsync(
            AltoDnsServer.Recipe(["--config", configuration]) with { Endpoint = new IPEndPoint(IPAddress.Loopback, primaryPort) }, [new ServedZone(Catalog, "")], Patience);
        var consumer = _folder.Write("consumer.yaml", $$"""
            state: consumer
            control: off
            secondaries: { {{Catalog}}: { primaries: ["127.0.0.1:{{primaryPort}}"], catalog: true } }

            """);
        await using var secondary = await RunningServer.StartAsync(
            AltoDnsServer.Recipe(["--config", consumer]) with { Endpoint = new IPEndPoint(IPAddress.Loopback, port), IsReady = _ => true }, [new ServedZone(Catalog, "")], Patience);
        await AnswerAsync(secondary, "a.test.", isServed: true);

        _folder.Write("b.zone", "$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 300\n@ NS ns\nns A 192.0.2.1\n");
        _folder.Write("new", (await File.ReadAllTextAsync(configuration)).Replace("a.test: a.zone", "b.test: b.zone", StringComparison.Ordinal));
        File.Move(Path.Combine(_folder.Path, "new"), configuration, overwrite: true);
        await AnswerAsync(secondary, "b.test.", isServed: true);
        await AnswerAsync(secondary, "a.test.", isServed: false);
    }

    [Fact]
    public async Task Members_of_a_catalog_that_BIND_serves_become_secondaries()
    {
        var (port, own) = (LoopbackPort.Find(), LoopbackPort.Find());
        WriteCatalog(1, "a.test.", "b.test.");
        var recipe = new ServerRecipe("BIND", ToolRunner.Require("named"), (folder, _) => ["-g", "-n", "1", "-c", ConfigureBind(folder.Path, port, own, "a.test.", "b.test.", "c.test.")])
        {
            Endpoint = new IPEndPoint(IPAddress.Loopback, port),
            IsReady = _ => true,
        };
        await using var bind = await RunningServer.StartAsync(recipe, [new ServedZone(Catalog, "")], Patience);
        var configuration = _folder.Write("altodns.yaml", $$"""
            state: state
            control: off
            secondaries: { {{Catalog}}: { primaries: ["127.0.0.1:{{port}}"], catalog: true } }

            """);
        var start = AltoDnsServer.Recipe(["--config", configuration]) with { Endpoint = new IPEndPoint(IPAddress.Loopback, own), IsReady = _ => true };
        await using var server = await RunningServer.StartAsync(start, [new ServedZone(Catalog, "")], Patience);
        await AnswerAsync(server, "a.test.", isServed: true);
        await AnswerAsync(server, "c.test.", isServed: false);

        WriteCatalog(2, "b.test.", "c.test.");
        var reloaded = await ToolRunner.RunAsync("kill", ["-HUP", $"{bind.ProcessId}"]);
        Assert.True(reloaded.ExitCode == 0, reloaded.ToString());
        await AnswerAsync(server, "c.test.", isServed: true);
        await AnswerAsync(server, "b.test.", isServed: true);
        await AnswerAsync(server, "a.test.", isServed: false);
    }

    public void Dispose() => _folder.Dispose();

    // BIND leaves it to the operator to write the catalog (RFC 9432 §4).
    private void WriteCatalog(int serial, params string[] members)
    {
        var text = $"$ORIGIN {Catalog}\n$TTL 0\n@ SOA invalid. invalid. {serial} 3600 600 86400 0\n@ NS invalid.\nversion TXT \"2\"\n"
            + string.Concat(members.Select(member => $"{member.Replace('.', '-')}id.zones PTR {member}\n"));
        _folder.Write("catalog.new", text);
        File.Move(Path.Combine(_folder.Path, "catalog.new"), Path.Combine(_folder.Path, "catalog.zone"), overwrite: true);
    }

    private string ConfigureBind(string folder, int port, int secondary, params string[] zones)
    {
        foreach (var zone in zones)
        {
            _folder.Write($"{zone}zone", "$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 300\n@ NS ns\nns A 192.0.2.1\n");
        }

        var path = Path.Combine(folder, "named.conf");
        File.WriteAllText(path, $$"""
            options {
              directory "{{_folder.Path}}";
              pid-file none;
              lock-file none;
              session-keyfile none;
              managed-keys-directory "{{folder}}";
              listen-on port {{port}} { 127.0.0.1; };
              listen-on-v6 { none; };
              recursion no;
              dnssec-validation no;
              empty-zones-enable no;
              allow-transfer { any; };
              notify explicit;
              notify-delay 0;
              also-notify { 127.0.0.1 port {{secondary}}; };
            };
            controls { };
            zone "{{Catalog}}" { type primary; file "catalog.zone"; };
            {{string.Concat(zones.Select(zone => $"zone \"{zone}\" {{ type primary; file \"{zone}zone\"; }};\n"))}}
            """);
        return path;
    }

    private string Configure(string folder, int port, int secondary, params string[] zones)
    {
        foreach (var zone in zones)
        {
            _folder.Write($"{zone}zone", "$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 300\n@ NS ns\nns A 192.0.2.1\n");
        }

        var path = Path.Combine(folder, "knot.conf");
        File.WriteAllText(path, $"""
            server:
                listen: 127.0.0.1@{port}
                rundir: "{folder}"
                pidfile: "{folder}/knot.pid"
                udp-workers: 1
                tcp-workers: 1
                background-workers: 2
            log:
              - target: stderr
                any: info
            database:
                storage: "{folder}"
            remote:
              - id: secondary
                address: 127.0.0.1@{secondary}
            acl:
              - id: onward
                address: 127.0.0.1
                action: transfer
            template:
              - id: default
                storage: "{_folder.Path}"
                zonefile-sync: -1
                semantic-checks: off
                acl: onward
                notify: secondary
            zone:
              - domain: "{Catalog}"
                catalog-role: generate

            """ + string.Concat(zones.Select(zone => $"  - domain: \"{zone}\"\n    file: \"{zone}zone\"\n    catalog-role: member\n    catalog-zone: \"{Catalog}\"\n")));
        return path;
    }

    private static async Task AnswerAsync(RunningServer server, string zone, bool isServed)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var answer = (await server.Client.TryAskAsync([new Query(DomainName.Parse($"ns.{zone}"), RecordType.A)]))[0];
            if (isServed ? answer is { Answers.Count: 1 } : answer is { ResponseCode: ResponseCode.Refused })
            {
                return;
            }

            Assert.False(limit.IsCancellationRequested, $"{server.Name} {(isServed ? "does not get" : "keeps")} {zone}\n{answer}\n{server.Log}");
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
