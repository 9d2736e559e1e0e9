// A policy changes, and other servers answer the new record by themselves: by their reload commands, by an included file, by nsupdate.

using System.Diagnostics;
using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Export;

public sealed class HookTests : IDisposable
{
    private const string NsupdateKey = "key \"update.test.\" { algorithm hmac-sha256; secret \"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0\"; };\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly DomainName Origin = DomainName.Parse("2.0.192.in-addr.arpa.");
    private static readonly DomainName Host = DomainName.Parse("77.2.0.192.in-addr.arpa.");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task BIND_answers_a_changed_policy_after_rndc_reload()
    {
        ToolRunner.Require("rndc");
        var zone = await ExportFirstAsync();
        var control = LoopbackPort.Find();
        var rndc = _folder.Write("rndc.conf", $"{NsupdateKey}options {{ default-key \"update.test.\"; default-server 127.0.0.1; default-port {control}; }};\n");
        await using var named = await StartNamedAsync($"type primary; file \"{zone.File}\";", $"controls {{ inet 127.0.0.1 port {control} allow {{ 127.0.0.1; }} keys {{ \"update.test.\"; }}; }};");

        await ChangesArriveAsync(named, ["--export-hook", $"{ToolRunner.Require("rndc")} -c {rndc} reload {{zone}}"]);
    }

    [Fact]
    public async Task NSD_answers_a_changed_policy_after_nsd_control_reload()
    {
        ToolRunner.Require("nsd-control");
        var zone = await ExportFirstAsync();
        var socket = Path.Combine(_folder.Path, "nsd.sock");
        var configuration = "";
        var recipe = NsdServer.Recipe([zone]);
        var controlled = recipe with
        {
            Prepare = (folder, port) =>
            {
                var arguments = recipe.Prepare(folder, port);
                configuration = arguments[^1];
                var text = File.ReadAllText(configuration).Replace("control-enable: no", $"control-enable: yes\n  control-interface: {socket}", StringComparison.Ordinal);
                File.WriteAllText(configuration, text);
                return arguments;
            },
        };
        await using var nsd = await RunningServer.StartAsync(controlled, [zone], Patience);

        await ChangesArriveAsync(nsd, ["--export-hook", $"{ToolRunner.Require("nsd-control")} -c {configuration} reload {{zone}}"]);
    }

    [Fact]
    public async Task BIND_answers_a_changed_policy_by_nsupdate_and_is_equal_to_it()
    {
        ToolRunner.Require("nsupdate");
        WritePolicy("core");

        // The ISP's own zone, without a word of ALTO.
        var plain = _folder.Write("plain.zone", "$TTL 3600\n@ SOA ns1.isp.example. hostmaster.isp.example. 1 14400 3600 1209600 3600\n@ NS ns1.isp.example.\n1 PTR one.isp.example.\n");
        await using var named = await StartNamedAsync($"type primary; file \"{plain}\"; allow-update {{ key \"update.test.\"; }};", "");
        var key = _folder.Write("update.key", NsupdateKey);
        var hook = $"sh -c \"(echo server 127.0.0.1 {named.Endpoint.Port}; cat {{update}}) | {ToolRunner.Require("nsupdate")} -k {key}\"";

        await ChangesArriveAsync(named, ["--export-alto-only", "--export-hook", hook]);

        var transferred = await AltoRecordsAsync(named);
        var exported = (await File.ReadAllLinesAsync(Path.Combine(_folder.Path, "out", "2.0.192.in-addr.arpa.alto"))).Where(line => !line.StartsWith(';')).Order(StringComparer.Ordinal);
        Assert.Equal(exported, transferred);
    }

    [Fact]
    public async Task BIND_serves_included_records_as_the_policy_has_them()
    {
        WritePolicy("mobile");
        var result = await ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, "export", PolicyFile, "--alto-only", "--output", _folder.Path]);
        Assert.True(result.ExitCode == 0, result.ToString());
        var including = _folder.Write(
            "including.zone",
            "$TTL 3600\n$ORIGIN somewhere.else.\n2.0.192.in-addr.arpa. SOA ns1.isp.example. hostmaster.isp.example. 1 14400 3600 1209600 3600\n"
            + $"2.0.192.in-addr.arpa. NS ns1.isp.example.\n$INCLUDE {Path.Combine(_folder.Path, "2.0.192.in-addr.arpa.alto")}\n1.2.0.192.in-addr.arpa. PTR one.isp.example.\n");
        foreach (var start in new[] { NamedServer.Recipe([new ServedZone(Origin, including)]), NsdServer.Recipe([new ServedZone(Origin, including)]), KnotServer.Recipe([new ServedZone(Origin, including)]) })
        {
            await using var server = await RunningServer.StartAsync(start, [new ServedZone(Origin, including)], Patience);
            foreach (var name in new[] { "1.2.0.192.in-addr.arpa.", "77.2.0.192.in-addr.arpa.", "200.2.0.192.in-addr.arpa." })
            {
                var answer = await server.Client.AskAsync(new Query(DomainName.Parse(name), RecordType.NAPTR));
                Assert.Contains(answer.Answers, record => record.Data.ToString().Contains("https://mobile.isp.example/ird", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task Commands_since_an_earlier_export_make_the_zone_equal()
    {
        ToolRunner.Require("nsupdate");
        WritePolicy("core");
        var before = await ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, "export", PolicyFile, "--alto-only"]);
        var since = _folder.Write("before.alto", before.Output);
        var plain = _folder.Write("plain.zone", $"$TTL 3600\n@ SOA ns1.isp.example. hostmaster.isp.example. 1 14400 3600 1209600 3600\n@ NS ns1.isp.example.\n1 PTR one.isp.example.\n$INCLUDE {since}\n");
        await using var named = await StartNamedAsync($"type primary; file \"{plain}\"; allow-update {{ key \"update.test.\"; }};", "");
        WritePolicy("mobile", "192.0.2.64/26: core, ");

        var commands = await ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, "export", PolicyFile, "--nsupdate", "--since", since]);
        var file = _folder.Write("commands", $"server 127.0.0.1 {named.Endpoint.Port}\n{commands.Output}");
        var updated = await ToolRunner.RunAsync("nsupdate", ["-k", _folder.Write("update.key", NsupdateKey), file]);

        Assert.True(updated.ExitCode == 0, $"{updated}\n{commands}");
        var after = await ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, "export", PolicyFile, "--alto-only"]);
        Assert.NotEqual(before.Output, after.Output);
        Assert.Equal(after.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith(';')).Order(StringComparer.Ordinal), await AltoRecordsAsync(named));
    }

    public void Dispose() => _folder.Dispose();

    private string PolicyFile => Path.Combine(_folder.Path, "isp.yaml");

    private void WritePolicy(string server, string more = "")
    {
        _folder.Write("base.zone", "$TTL 3600\n@ SOA ns1.isp.example. hostmaster.isp.example. 1 14400 3600 1209600 3600\n@ NS ns1.isp.example.\n1 PTR one.isp.example.\n");
        _folder.Write("isp.yaml.new", $$"""
            zones: [192.0.2.0/24]
            soa: { primary: ns1.isp.example., contact: hostmaster.isp.example. }
            nameservers: [ns1.isp.example.]
            base: base.zone
            alto-servers: { core: { uri: https://core.isp.example/ird }, mobile: { uri: https://mobile.isp.example/ird } }
            assignments: { {{more}}192.0.2.0/24: {{server}} }

            """);
        File.Move(Path.Combine(_folder.Path, "isp.yaml.new"), PolicyFile, overwrite: true);
    }

    private async Task<ServedZone> ExportFirstAsync()
    {
        WritePolicy("core");
        var result = await ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, "export", PolicyFile, "--output", Path.Combine(_folder.Path, "out")]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return new ServedZone(Origin, result.Output.Trim());
    }

    private static Task<RunningServer> StartNamedAsync(string zone, string controls)
    {
        var recipe = NamedServer.Recipe([]);
        return RunningServer.StartAsync(
            recipe with
            {
                Prepare = (folder, port) =>
                {
                    var arguments = recipe.Prepare(folder, port);
                    var text = File.ReadAllText(arguments[^1]);
                    File.WriteAllText(arguments[^1], $"{NsupdateKey}{(controls.Length > 0 ? text.Replace("controls { };", controls, StringComparison.Ordinal) : text)}zone \"{Origin}\" {{ {zone} }};\n");
                    return arguments;
                },
            },
            [new ServedZone(Origin, "")],
            Patience);
    }

    private async Task ChangesArriveAsync(RunningServer other, string[] arguments)
    {
        await using var altoDns = await AltoDnsServer.StartAsync(
            [PolicyFile, "--state", _folder.MakeFolder("state"), "--export", Path.Combine(_folder.Path, "out"), .. arguments], [new ServedZone(Origin, PolicyFile)]);
        foreach (var server in new[] { "core", "mobile", "core", "mobile" })
        {
            WritePolicy(server);
            var clock = Stopwatch.StartNew();
            while (true)
            {
                var answer = await other.Client.AskAsync(new Query(Host, RecordType.NAPTR));
                if (answer.Answers.Count == 1 && answer.Answers[0].Data.ToString().Contains($"https://{server}.isp.example/ird", StringComparison.Ordinal))
                {
                    break;
                }

                Assert.True(clock.Elapsed < Patience, $"{other.Name} does not say {server} but\n{answer}\n{altoDns.Log}\n{other.Log}");
                await Task.Delay(20);
            }
        }
    }

    private static async Task<IEnumerable<string>> AltoRecordsAsync(RunningServer server)
    {
        var transfer = await ToolRunner.RunAsync("dig", ["+noall", "+answer", "@127.0.0.1", "-p", $"{server.Endpoint.Port}", Origin.ToString(), "AXFR"]);
        return transfer.Output.Split('\n').Where(line => line.Contains("NAPTR", StringComparison.Ordinal))
            .Select(line => string.Join(' ', line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))).Order(StringComparer.Ordinal);
    }
}
