// Other people's servers as primaries of AltoDns: each serves a zone file, reads it anew on SIGHUP, and sends what changed.

using System.Globalization;
using System.Net;
using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Transfers;

internal static class PrimaryServers
{
    /// <param name="zone">Its file is read anew on SIGHUP.</param>
    /// <param name="secondary">The port of the secondary that is told of changes.</param>
    public static ServerRecipe Make(string name, ServedZone zone, int port, int secondary, bool key, string? certificate = null, int tlsPort = 0) => name switch
    {
        "BIND" => Bind(zone, port, secondary, key, certificate, tlsPort),
        "Knot" => Knot(zone, port, secondary, key),
        _ => Nsd(zone, port, secondary, key),
    };

    /// <summary>Has a server read its zone files.</summary>
    public static async Task ReloadAsync(RunningServer server)
    {
        var killed = await ToolRunner.RunAsync("kill", ["-HUP", server.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        Assert.True(killed.ExitCode == 0, killed.ToString());
    }

    private static ServerRecipe Bind(ServedZone zone, int port, int secondary, bool key, string? certificate, int tlsPort) => Recipe("BIND", "named", port, folder =>
    {
        var terms = key ? $"key \"{TransferSetup.KeyName}\"" : "";
        var tls = certificate is null ? "" : $"tls ours {{ cert-file \"{certificate}\"; key-file \"{Path.ChangeExtension(certificate, "key")}\"; }};\n";
        return ["-g", "-n", "1", "-c", folder.Write("named.conf", $$"""
            {{tls}}
            options {
              directory "{{folder.Path}}";
              pid-file none;
              lock-file none;
              session-keyfile none;
              managed-keys-directory "{{folder.Path}}";
              listen-on port {{port}} { 127.0.0.1; };
              {{(certificate is null ? "" : $"listen-on port {tlsPort} tls ours {{ 127.0.0.1; }};")}}
              listen-on-v6 { none; };
              recursion no;
              dnssec-validation no;
              empty-zones-enable no;
              check-integrity no;
              check-names primary ignore;
              allow-transfer { {{(key ? terms : "any")}}; };
              ixfr-from-differences yes;
              notify explicit;
              notify-delay 0;
              notify-rate 1000;
              also-notify { 127.0.0.1 port {{secondary}} {{terms}}; };
            };
            controls { };
            key "{{TransferSetup.KeyName}}" { algorithm hmac-sha256; secret "{{TransferSetup.Secret}}"; };
            zone {{zone.QuotedOrigin}} { type primary; file "{{zone.File}}"; };

            """)];
    });

    private static ServerRecipe Knot(ServedZone zone, int port, int secondary, bool key) => Recipe("Knot", "knotd", port, folder =>
    {
        var terms = key ? $"\n    key: {TransferSetup.KeyName}" : "";
        return ["--config", folder.Write("knot.conf", $"""
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
            key:
              - id: {TransferSetup.KeyName}
                algorithm: hmac-sha256
                secret: {TransferSetup.Secret}
            remote:
              - id: secondary
                address: 127.0.0.1@{secondary}{terms}
            acl:
              - id: onward
                address: 127.0.0.1
                action: transfer{terms}
            template:
              - id: default
                storage: "{folder.Path}"
                semantic-checks: off
                zonefile-sync: -1
                zonefile-load: difference
                journal-content: changes
                notify: secondary
                acl: onward
            zone:
              - domain: {zone.QuotedOrigin}
                file: "{zone.File}"

            """)];
    });

    private static ServerRecipe Nsd(ServedZone zone, int port, int secondary, bool key) => Recipe("NSD", "nsd", port, folder =>
    {
        var terms = key ? TransferSetup.KeyName : "NOKEY";
        return ["-d", "-c", folder.Write("nsd.conf", $"""
            server:
              ip-address: 127.0.0.1@{port}
              username: ""
              chroot: ""
              zonesdir: "{folder.Path}"
              database: ""
              zonelistfile: "{folder.Path}/zone.list"
              xfrdfile: "{folder.Path}/xfrd.state"
              xfrdir: "{folder.Path}"
              pidfile: "{folder.Path}/nsd.pid"
              server-count: 1
              rrl-ratelimit: 0
            remote-control:
              control-enable: no
            key:
              name: "{TransferSetup.KeyName}"
              algorithm: hmac-sha256
              secret: "{TransferSetup.Secret}"
            zone:
              name: {zone.QuotedOrigin}
              zonefile: "{zone.File}"
              store-ixfr: yes
              create-ixfr: yes
              notify: 127.0.0.1@{secondary} {terms}
              provide-xfr: 127.0.0.1 {terms}

            """)];
    });

    private static ServerRecipe Recipe(string name, string program, int port, Func<TemporaryFolder, string[]> prepare) =>
        new(name, ToolRunner.Require(program), (folder, _) => prepare(folder)) { Endpoint = new IPEndPoint(IPAddress.Loopback, port) };
}
