// Other people's servers as secondaries of AltoDns: each transfers the zones, hears NOTIFY, and lets the test transfer them on.

using System.Net;
using System.Text;
using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Transfers;

internal static class SecondaryServers
{
    public static ServerRecipe Nsd(TransferSetup setup, int port) => Recipe("NSD", "nsd", port, folder =>
    {
        var key = setup.Key ? TransferSetup.KeyName : "NOKEY";
        var text = new StringBuilder($"""
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
              tls-cert-bundle: "{setup.Certificate}"
            remote-control:
              control-enable: no
            key:
              name: "{TransferSetup.KeyName}"
              algorithm: hmac-sha256
              secret: "{TransferSetup.Secret}"
            tls-auth:
              name: primary
              auth-domain-name: "{TransferSetup.ServerName}"

            """);
        foreach (var zone in setup.Zones)
        {
            text.Append($"""
                zone:
                  name: "{zone}"
                  zonefile: "{folder.Path}/{zone}zone"
                  allow-notify: 127.0.0.1 {key}
                  request-xfr: 127.0.0.1@{setup.Primary} {key}{(setup.Certificate is null ? "" : " primary")}
                  provide-xfr: 127.0.0.1 NOKEY

                """);
        }

        return ["-d", "-c", folder.Write("nsd.conf", text.ToString())];
    });

    public static ServerRecipe Knot(TransferSetup setup, int port) => Recipe("Knot", "knotd", port, folder =>
    {
        var key = setup.Key ? $"\n    key: {TransferSetup.KeyName}" : "";
        var text = new StringBuilder($"""
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
              - id: primary
                address: 127.0.0.1@{setup.Primary}{key}
            acl:
              - id: notify
                address: 127.0.0.1
                action: notify{key}
              - id: onward
                address: 127.0.0.1
                action: transfer
            template:
              - id: default
                storage: "{folder.Path}"
                semantic-checks: off
                master: primary
                acl: [notify, onward]
            zone:

            """);
        foreach (var zone in setup.Zones)
        {
            text.Append($"  - domain: \"{zone}\"\n");
        }

        return ["--config", folder.Write("knot.conf", text.ToString())];
    });

    public static ServerRecipe Bind(TransferSetup setup, int port) => Recipe("BIND", "named", port, folder =>
    {
        var text = new StringBuilder($$"""
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
              allow-transfer { any; };
              serial-query-rate 1000;
              transfers-in 100;
              transfers-per-ns 100;
            };
            controls { };
            key "{{TransferSetup.KeyName}}" { algorithm hmac-sha256; secret "{{TransferSetup.Secret}}"; };

            """);
        if (setup.Certificate is { } certificate)
        {
            text.Append($"tls primary {{ ca-file \"{certificate}\"; remote-hostname \"{TransferSetup.ServerName}\"; }};\n");
        }

        var terms = $"127.0.0.1 port {setup.Primary}{(setup.Key ? $" key \"{TransferSetup.KeyName}\"" : "")}{(setup.Certificate is null ? "" : " tls primary")}";
        foreach (var zone in setup.Zones)
        {
            text.Append($"zone \"{zone}\" {{ type secondary; primaries {{ {terms}; }}; file \"{zone}zone\"; }};\n");
        }

        return ["-g", "-c", folder.Write("named.conf", text.ToString()), "-n", "1"];
    });

    /// <summary>Plain transfers only: keys of its BIND backend are in a database that Debian's build of it makes by hand.</summary>
    public static ServerRecipe PowerDns(TransferSetup setup, int port) => Recipe("PowerDNS", "pdns_server", port, folder =>
    {
        var list = folder.Write("named.conf", string.Concat(setup.Zones.Select(zone =>
            $"zone \"{zone}\" {{ type slave; masters {{ 127.0.0.1:{setup.Primary}; }}; file \"{folder.Path}/{zone}zone\"; }};\n")));
        folder.Write("pdns.conf", $"""
            launch=bind
            bind-config={list}
            bind-check-interval=0
            local-address=127.0.0.1
            local-port={port}
            socket-dir={folder.Path}
            daemon=no
            guardian=no
            disable-syslog=yes
            write-pid=no
            loglevel=4
            secondary=yes
            xfr-cycle-interval=1
            allow-axfr-ips=127.0.0.1
            cache-ttl=0
            negquery-cache-ttl=0
            query-cache-ttl=0
            zone-cache-refresh-interval=0

            """);
        return [$"--config-dir={folder.Path}"];
    });

    public static ServerRecipe AltoDns(TransferSetup setup, int port) => Recipe("AltoDns", "dotnet", port, folder =>
    {
        var terms = (setup.Key ? $", key: {TransferSetup.KeyName}" : "")
            + (setup.Certificate is null ? "" : $", tls: {{ name: {TransferSetup.ServerName}, authorities: {setup.Certificate} }}");
        var configuration = folder.Write("altodns.yaml", $$"""
            state: {{folder.Path}}/state
            control: off
            keys: { "{{TransferSetup.KeyName}}": { algorithm: hmac-sha256, secret: {{TransferSetup.Secret}} } }
            allow-transfer: [127.0.0.0/8]
            secondaries:
            {{string.Join('\n', setup.Zones.Select(zone => $"  {zone}: {{ primaries: [{{ address: \"127.0.0.1:{setup.Primary}\"{terms} }}] }}"))}}

            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return [AltoDnsServer.ProgramPath, "serve", "--config", configuration, "--listen", $"127.0.0.1:{port}"];
    });

    private static ServerRecipe Recipe(string name, string program, int port, Func<TemporaryFolder, string[]> prepare) =>
        new(name, ToolRunner.Require(program), (folder, _) => prepare(folder)) { Endpoint = new IPEndPoint(IPAddress.Loopback, port) };
}
