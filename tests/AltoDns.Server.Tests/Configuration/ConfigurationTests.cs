// What a configuration comes to: who wins, what paths are relative to, what rules and servers may look like, what changes live.

using System.Collections;
using System.Net;
using System.Runtime.Versioning;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Server.Access;
using AltoDns.Server.Configuration;
using AltoDns.Server.Protection;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Tests.Configuration;

public sealed class ConfigurationTests
{
    private const string Secret = "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IQ==";

    /// <summary>The rows of the table with a default, by key.</summary>
    public static TheoryData<string> Defaults => [.. ServerSettings.All.Where(setting => setting.Default is not null).Select(setting => setting.Key)];

    /// <summary>All rows of the table, by key.</summary>
    public static TheoryData<string> Keys => [.. ServerSettings.All.Select(setting => setting.Key)];

    [Theory]
    [MemberData(nameof(Defaults))]
    public void Default_of_the_table_is_that_of_the_program(string key)
    {
        var setting = ServerSettings.All.Single(setting => setting.Key == key);

        // What is off has no settings to compare.
        var isLimit = key.StartsWith("rate-limit.", StringComparison.Ordinal) && key != "rate-limit.enabled";
        var written = Read(Nest(key, setting.Default!) + (isLimit ? "  enabled: true\n" : ""));
        var usual = Read(isLimit ? "rate-limit: { enabled: true }\n" : "");

        Assert.Equal(Essence(usual!), Essence(written!));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Example_of_the_table_is_accepted(string key)
    {
        var setting = ServerSettings.All.Single(setting => setting.Key == key);
        var problems = new ProblemList();
        // What an example refers to, and what it needs beside it.
        var surroundings = (key is "allow-transfer" or "notify" or "updates" ? $"keys: {{ xfr.isp1.example.: {{ secret: {Secret} }} }}\n" : "")
            + (key is "key-files" ? "" : Nest(key, setting.Example))
            + (key is "tls.listen" or "doh.listen" ? "  certificate: x.pem\n" : "")
            + (key is "export.hook" or "export.alto-only" ? "  folder: x\n" : "")
            + (key is "catalog.groups" ? "  zone: catalog.isp1.example.\n" : "");

        Assert.NotNull(Read(surroundings, problems));
        Assert.Empty(problems.All);
    }

    [Fact]
    public void Every_row_is_described()
    {
        Assert.All(ServerSettings.All.Concat(MapSettings.All.SelectMany(table => table.Settings)), setting =>
        {
            Assert.EndsWith(".", setting.Description, StringComparison.Ordinal);
            Assert.True((setting.Default is null) != (setting.Otherwise is null), setting.Key);
            Assert.Matches(@"^[0-9]+\.[0-9]+\.[0-9]+$", setting.Since);
            Assert.Matches("^[a-zA-Z0-9.-]+$", setting.Key);
        });
        Assert.Distinct(ServerSettings.All.Select(setting => setting.Key));
        Assert.Distinct(ServerSettings.All.Select(setting => setting.Variable).OfType<string>());
    }

    [Fact]
    public void Says_who_may_ask_and_how_often()
    {
        var protection = Read(
            "allow-query: [192.0.2.0/24, 2001:db8::1]\nzones: { 2.0.192.in-addr.arpa: { allow-query: any }, example.com: { allow-query: [] } }\n"
            + "rate-limit: { enabled: true, rate: 5, slip: 1, exempt: 198.51.100.0/24 }\n")!.Protection;

        Assert.Equal(["192.0.2.0/24", "2001:db8::1/128"], protection.AllowQuery!.Rules.Select(rule => $"{rule.Prefix}"));
        Assert.Equal([new AccessRule(Prefix: null, Key: null)], protection.AllowQueryByZone[DomainName.Parse("2.0.192.in-addr.arpa.")].Rules);
        Assert.Empty(protection.AllowQueryByZone[DomainName.Parse("example.com.")].Rules);
        Assert.Equal(new RateLimitOptions { Rate = 5, Slip = 1, Exempt = [IPPrefix.Parse("198.51.100.0/24")] }, protection.RateLimit);
    }

    [Fact]
    public void Limits_nobody_unless_told_to() =>
        Assert.Equal((null, null, 0), (Read("rate-limit: { rate: 5 }")!.Protection.RateLimit, Read("")!.Protection.AllowQuery, Read("")!.Protection.AllowQueryByZone.Count));

    [Fact]
    public void Environment_wins_over_the_file_and_the_command_line_over_both()
    {
        var problems = new ProblemList();
        var environment = EnvironmentSettings.Read(
            new Hashtable { ["ALTODNS_UDP_WORKERS"] = "2", ["ALTODNS_UDP_BATCH"] = "20", ["ALTODNS_LISTEN"] = "127.0.0.2 [::1]:54", ["ALTODNS_STATE"] = "" }, problems);
        var commandLine = new SettingValues(new Dictionary<Setting, SettingValue>
        {
            [ListeningSettings.UdpWorkers] = new(1, new SourcePosition("--udp-workers", 0, 0), "1"),
        });
        var configuration = Read(
            "listen: 127.0.0.3\nudp: { workers: 3, batch: 30, send-buffer: 5000 }\nstate: s", problems, SettingValues.Combine(commandLine, environment))!;

        Assert.Empty(problems.All);
        Assert.Equal((1, 20, 5000), (configuration.Listening.UdpWorkers, configuration.Listening.UdpBatchSize, configuration.Listening.UdpSendBuffer));
        Assert.Equal([IPEndPoint.Parse("127.0.0.2:53"), IPEndPoint.Parse("[::1]:54")], configuration.Listening.Endpoints);
        Assert.Equal(Path.Combine("conf", "s"), configuration.StateFolder);
    }

    [Fact]
    public void Environment_with_a_fault_names_the_variable()
    {
        var problems = new ProblemList();
        EnvironmentSettings.Read(new Hashtable { ["ALTODNS_UDP_WORKERS"] = "many", ["ALTODNS_LISTN"] = "x", ["ALTODNS_TOTALLY_ELSE"] = "y" }, problems);

        Assert.Equal(
            [
                "ALTODNS_UDP_WORKERS: error: 'many' is not a number of UDP threads. Write one from 1 to 1024.",
                "ALTODNS_LISTN: warning: This variable is no setting. Did you mean ALTODNS_LISTEN?",
            ],
            problems.All.Select(problem => problem.ToString()));
    }

    [Fact]
    public void Paths_are_relative_to_the_file()
    {
        var configuration = Read("policies: [a.yaml, /b.yaml]\nzone-lists: l\nzones: { x.example: x.zone, y.example: { file: y.zone } }\nstate: s\ncontrol: c")!;

        Assert.Equal([Path.Combine("conf", "a.yaml"), "/b.yaml"], configuration.Sources.Policies);
        Assert.Equal([Path.Combine("conf", "l")], configuration.Sources.ZoneLists);
        Assert.Equal([Path.Combine("conf", "x.zone"), Path.Combine("conf", "y.zone")], configuration.Sources.PlainZones.Select(zone => zone.Path));
        Assert.Equal((Path.Combine("conf", "s"), Path.Combine("conf", "c")), (configuration.StateFolder, configuration.ControlSocket));
        Assert.Equal(Path.Combine("conf", "s", "control.sock"), Read("state: s")!.ControlSocket);
        Assert.Null(Read("control: off")!.ControlSocket);
    }

    [Fact]
    public void Reads_rules_and_servers_in_every_form()
    {
        var configuration = Read($$"""
            keys: { k.: { secret: {{Secret}} } }
            allow-transfer: [192.0.2.1, 2001:db8::/32, 192.0.2.0/24 key k., "key:k.", any, { prefix: any, key: K }, { key: k. }]
            notify: [192.0.2.1, "192.0.2.2:54 key k.", { address: 2001:db8::1, key: k., tls: ns1.example }, { address: "192.0.2.3:54", tls: opportunistic }]
            """)!;
        var key = DomainName.Parse("k.");

        Assert.Equal(
            [
                new AccessRule(IPPrefix.Parse("192.0.2.1/32"), null), new AccessRule(IPPrefix.Parse("2001:db8::/32"), null), new AccessRule(IPPrefix.Parse("192.0.2.0/24"), key),
                new AccessRule(null, key), new AccessRule(null, null), new AccessRule(null, key), new AccessRule(null, key),
            ],
            configuration.Transfers.Default.AllowTransfer.Rules);
        var peers = configuration.Transfers.Default.Notify;
        Assert.Equal(
            ["192.0.2.1:53", "192.0.2.2:54 key k.", "[2001:db8::1]:853 key k. over TLS", "192.0.2.3:54 over TLS"], peers.Select(peer => peer.ToString()));
        Assert.Equal(("ns1.example", null), (peers[2].Tls!.Name, peers[3].Tls!.Name));
    }

    [Fact]
    public void Settings_of_a_zone_take_the_place_of_those_of_all()
    {
        var configuration = Read("""
            allow-transfer: 192.0.2.0/24
            notify: 192.0.2.1
            zones:
              198.51.100.0/24: { notify: [] }
              x.example: { allow-transfer: 203.0.113.1 }
            """)!;

        Assert.Empty(configuration.Transfers.For(DomainName.Parse("100.51.198.in-addr.arpa.")).Notify);
        Assert.Single(configuration.Transfers.For(DomainName.Parse("100.51.198.in-addr.arpa.")).AllowTransfer.Rules, new AccessRule(IPPrefix.Parse("192.0.2.0/24"), null));
        Assert.Single(configuration.Transfers.For(DomainName.Parse("X.example.")).AllowTransfer.Rules, new AccessRule(IPPrefix.Parse("203.0.113.1/32"), null));
        Assert.Single(configuration.Transfers.For(DomainName.Parse("x.example.")).Notify);
        Assert.Equal(
            ["conf/altodns.yaml:4:3: warning: Zone 100.51.198.in-addr.arpa. has settings, but is not served. Correct its name, add 'file:' with its zone file, or remove it."],
            configuration.FindUnserved([DomainName.Parse("x.example.")]).Select(problem => problem.ToString()));
    }

    [Fact]
    public void Reads_secondaries_short_and_long()
    {
        var configuration = Read("secondaries: { a.example: [192.0.2.1, 192.0.2.2], b.example: { primaries: 192.0.2.3, allow-notify: 192.0.2.0/24, max-size: 1MiB } }")!;

        Assert.Equal(["a.example.", "b.example."], configuration.Transfers.Secondaries.Select(zone => zone.Origin.ToString()));
        Assert.Equal((2, 4L << 30), (configuration.Transfers.Secondaries[0].Primaries.Count, configuration.Transfers.Secondaries[0].MaxSize));
        Assert.Equal((1, 1L << 20), (configuration.Transfers.Secondaries[1].AllowNotify.Rules.Count, configuration.Transfers.Secondaries[1].MaxSize));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_key_file_has_to_be_private_and_to_have_the_key()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are Unix's.");
        var folder = Directory.CreateTempSubdirectory("altodns-configuration-").FullName;
        try
        {
            var file = Path.Combine(folder, "altodns.yaml");
            var keyFile = Path.Combine(folder, "k.key");
            File.WriteAllText(keyFile, $"key \"k.\" {{ algorithm hmac-sha512; secret \"{Secret}\"; }};\n");
            File.WriteAllText(file, "keys: { k.: { file: k.key } }\n");
            File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
            var problems = new ProblemList();
            Assert.Null(ServerConfiguration.Read(file, SettingValues.None, null, problems));
            Assert.Contains("mode 604", Assert.Single(problems.All).Fault, StringComparison.Ordinal);

            File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var configuration = ServerConfiguration.Read(file, SettingValues.None, null, new ProblemList())!;
            Assert.Equal(TsigAlgorithm.HmacSha512, configuration.Transfers.Keys[DomainName.Parse("K.")].Algorithm);
            Assert.Contains(keyFile, configuration.Files);

            File.WriteAllText(file, "keys: { other.: { file: k.key } }\n");
            problems = new ProblemList();
            Assert.Null(ServerConfiguration.Read(file, SettingValues.None, null, problems));
            Assert.Contains($"The file {keyFile} has no key other.", Assert.Single(problems.All).Fault, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Warns_of_secrets_that_everybody_can_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are Unix's.");
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, $"keys: {{ k.: {{ secret: {Secret} }} }}\n");
            Assert.Equal([false, true], new[] { UnixFileMode.UserRead, UnixFileMode.UserRead | UnixFileMode.OtherRead }.Select(mode =>
            {
                File.SetUnixFileMode(file, mode);
                var problems = new ProblemList();
                Assert.NotNull(ServerConfiguration.Read(file, SettingValues.None, null, problems));
                return problems.All.Any(problem => problem.Fault.Contains("everybody on this machine", StringComparison.Ordinal));
            }));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Takes_over_what_can_change_and_names_what_cannot()
    {
        var text = "listen: 127.0.0.1\nudp: { workers: 1 }\nlogging: { level: warning }";
        var live = new LiveConfiguration(Read(text)!, problems => Read(text, problems));
        var told = new List<(LogLevel, LogLevel)>();
        live.OnChange((before, now) => told.Add((before.LogLevel, now.LogLevel)));

        text = "listen: 127.0.0.2\nudp: { workers: 1, batch: 9 }\nlogging: { level: debug }\nnotify: 192.0.2.1";
        var problems = new ProblemList();
        var next = live.Reread(problems)!;
        Assert.Equal(
            "conf/altodns.yaml:1:9: warning: listen, udp.batch were changed, which takes effect at the next start. Restart the server, or undo the change.",
            Assert.Single(problems.All).ToString());
        Assert.Equal(LogLevel.Warning, live.Current.LogLevel);

        live.Adopt(next);
        Assert.Same(next, live.Current);
        Assert.Equal([(LogLevel.Warning, LogLevel.Debug)], told);

        text = "listen: 127.0.0.1\nudp: { workers: 1 }\nzones: 7";
        problems = new ProblemList();
        Assert.Null(live.Reread(problems));
        Assert.True(problems.HasErrors);
        Assert.Same(next, live.Current);
    }

    // A zone that has not come yet, so that there is one at all.
    private static readonly SecondaryOrigin Elsewhere = new(DomainName.Parse("elsewhere.example."), new SourcePosition("altodns.yaml", 1, 1));

    [Fact]
    public void A_load_with_a_bad_configuration_publishes_nothing_and_watches_on()
    {
        var text = "zones: { x.example: no.zone }";
        var live = new LiveConfiguration(Read("")!, problems => Read(text, problems));
        var loader = new ConfiguredLoader(live, [], configuration => configuration.Sources with { Secondaries = [Elsewhere] });
        var first = loader.Load();
        Assert.NotNull(first.Zones);
        first.Adopt!();

        var second = loader.Load();
        Assert.Null(second.Zones);
        Assert.Contains(Path.Combine("conf", "no.zone"), second.Files);

        text = "zones: [";
        var third = loader.Load();
        Assert.Null(third.Zones);
        Assert.Contains("conf/altodns.yaml", third.Files);
        Assert.Contains(third.Problems, problem => problem.Kind == ProblemKind.Configuration);
    }

    // Without what is new each time.
    private static object Essence(ServerConfiguration configuration) => (
        string.Join(' ', configuration.Listening.Endpoints),
        configuration.Listening with { Endpoints = [], Xdp = [] },
        configuration.Answering with { Cookies = null! },
        configuration.Transfers.MaxOutgoing,
        configuration.Transfers.MaxIncoming,
        configuration.Transfers.MaxHistory,
        (configuration.Reloading, configuration.Protection.RateLimit),
        configuration.LogLevel,
        configuration.LogsJson);

    private static string Nest(string key, string value) => key.Split('.') is [var section, var name] ? $"{section}:\n  {name}: {value}\n" : $"{key}: {value}\n";

    private static ServerConfiguration? Read(string text, ProblemList? problems = null, SettingValues? overrides = null) => ServerConfiguration.Read(
        "conf/altodns.yaml", overrides ?? SettingValues.None, null, problems ?? new ProblemList(), _ => new MemoryStream(Encoding.UTF8.GetBytes(text)));
}
