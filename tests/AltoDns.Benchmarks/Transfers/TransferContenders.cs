// The servers that are compared as primaries: one zone file each, and everybody may transfer it.

using AltoDns.Harness;

namespace AltoDns.Benchmarks.Transfers;

internal static class TransferContenders
{
    public static IReadOnlyList<ServerRecipe> Make(ServedZone zone, string altoDns, TemporaryFolder state) =>
    [
        AltoDnsServer.PublishedRecipe(altoDns, ["--zone", $"{zone.Origin}={zone.File}", "--workers", "1", "--state", Path.Combine(state.Path, "state"), "--allow-transfer", "any"]),
        new(NsdServer.Name, ToolRunner.Require("nsd"), (folder, port) => ["-d", "-c", folder.Write("nsd.conf", $"""
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
              rrl-whitelist-ratelimit: 0
            remote-control:
              control-enable: no
            zone:
              name: {zone.QuotedOrigin}
              zonefile: "{zone.File}"
              provide-xfr: 127.0.0.1 NOKEY

            """)]),
        new(KnotServer.Name, ToolRunner.Require("knotd"), (folder, port) => ["--config", folder.Write("knot.conf", $"""
            server:
                listen: 127.0.0.1@{port}
                rundir: "{folder.Path}"
                pidfile: "{folder.Path}/knot.pid"
                udp-workers: 1
                tcp-workers: 1
                background-workers: 1
            log:
              - target: stderr
                any: error
            database:
                storage: "{folder.Path}"
            acl:
              - id: anybody
                address: 127.0.0.1
                action: transfer
            zone:
              - domain: {zone.QuotedOrigin}
                file: "{zone.File}"
                storage: "{folder.Path}"
                zonefile-sync: -1
                zonefile-load: whole
                journal-content: none
                semantic-checks: off
                acl: anybody

            """)]),
    ];
}
