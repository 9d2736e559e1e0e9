// AltoDns, BIND and Knot with zones that one key may update and anybody may transfer.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;

namespace AltoDns.Harness.Updating;

public static class UpdatableServers
{
    public const string Secret = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=";

    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(180);

    /// <summary>The key, known to all servers.</summary>
    public static TsigKey Key { get; } = new(DomainName.Parse("dhcp."), TsigAlgorithm.HmacSha256, Convert.FromBase64String(Secret));

    /// <summary>As knsupdate takes it.</summary>
    public static string KnotKey => $"hmac-sha256:dhcp:{Secret}";

    /// <summary>Starts AltoDns; a state folder that is given stays.</summary>
    public static Task<RunningServer> StartAltoDnsAsync(TemporaryFolder folder, IReadOnlyList<ServedZone> zones, params IEnumerable<string> arguments) =>
        RunningServer.StartAsync(AltoDns(folder, zones, arguments), zones, LoadTimeout);

    public static ServerRecipe AltoDns(TemporaryFolder folder, IReadOnlyList<ServedZone> zones, IEnumerable<string> arguments) => AltoDnsServer.Recipe(
    [
        .. zones.Where(zone => zone.File.Length > 0).SelectMany(zone => new[] { "--zone", $"{zone.Origin}={zone.File}" }),
        "--state", Path.Combine(folder.Path, "state"),
        "--tsig-key", KeyFile(folder),
        "--allow-transfer", "any",
        .. arguments,
    ]);

    /// <summary>Starts BIND, which writes to a copy of each file.</summary>
    public static Task<RunningServer> StartBindAsync(IReadOnlyList<ServedZone> zones) => RunningServer.StartAsync(Bind(zones), zones, LoadTimeout);

    public static ServerRecipe Bind(IReadOnlyList<ServedZone> zones) => new(NamedServer.Name, ToolRunner.Require("named"), (folder, port) =>
    {
        var text = new StringBuilder($$"""
            key "dhcp" { algorithm hmac-sha256; secret "{{Secret}}"; };
            options {
              directory "{{folder.Path}}"; pid-file none; lock-file none; session-keyfile none; managed-keys-directory "{{folder.Path}}";
              listen-on port {{port}} { 127.0.0.1; }; listen-on-v6 { none; };
              recursion no; dnssec-validation no; notify no; empty-zones-enable no;
              check-integrity no; check-names primary ignore; check-mx ignore; check-srv-cname ignore; check-sibling no; check-wildcard no;
              allow-transfer { any; }; update-quota 1000;
            };
            controls { };

            """);
        foreach (var (index, zone) in zones.Index())
        {
            File.Copy(zone.File, Path.Combine(folder.Path, $"{index}.zone"));
            text.Append($"zone {zone.QuotedOrigin} {{ type primary; file \"{index}.zone\"; allow-update {{ key dhcp; }}; }};\n");
        }

        return ["-g", "-c", folder.Write("named.conf", text.ToString())];
    });

    public static Task<RunningServer> StartKnotAsync(IReadOnlyList<ServedZone> zones) => RunningServer.StartAsync(Knot(zones), zones, LoadTimeout);

    public static ServerRecipe Knot(IReadOnlyList<ServedZone> zones) => new(KnotServer.Name, ToolRunner.Require("knotd"), (folder, port) =>
    {
        var text = new StringBuilder($"""
            server:
                listen: 127.0.0.1@{port}
                rundir: "{folder.Path}"
                pidfile: "{folder.Path}/knot.pid"
            log:
              - target: stderr
                any: error
            key:
              - id: dhcp.
                algorithm: hmac-sha256
                secret: {Secret}
            acl:
              - id: update
                key: dhcp.
                action: update
              - id: transfer
                action: transfer
            database:
                storage: "{folder.Path}"
            template:
              - id: default
                storage: "{folder.Path}"
                zonefile-sync: -1
                zonefile-load: difference
                journal-content: changes
                semantic-checks: off
                acl: [update, transfer]
            zone:

            """);
        foreach (var zone in zones)
        {
            text.Append($"  - domain: {zone.QuotedOrigin}\n    file: \"{zone.File}\"\n");
        }

        return ["--config", folder.Write("knot.conf", text.ToString())];
    });

    /// <summary>Writes the key in BIND's syntax, readable for its owner alone.</summary>
    public static string KeyFile(TemporaryFolder folder)
    {
        var path = folder.Write("update.key", $"key \"dhcp\" {{ algorithm hmac-sha256; secret \"{Secret}\"; }};\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }

    /// <summary>All records of a zone as dig prints them after a transfer, in order, each once, in lower case; without the SOA's serial.</summary>
    public static async Task<IReadOnlyList<string>> TransferAsync(RunningServer server, DomainName zone)
    {
        var result = await ToolRunner.RunAsync("dig", [$"@{server.Endpoint.Address}", "-p", $"{server.Endpoint.Port}", "+noall", "+answer", "+onesoa", zone.ToString(), "AXFR"]);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != ';')
            .Select(line => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant())
            .Select(WithoutSerial)
            .Distinct()
            .Order(StringComparer.Ordinal)];
    }

    private static string WithoutSerial(string line)
    {
        var words = line.Split(' ');
        if (words.Length == 11 && words[3] == "soa")
        {
            words[6] = "serial";
        }

        return string.Join(' ', words);
    }
}
