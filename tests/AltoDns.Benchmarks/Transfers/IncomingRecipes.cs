// The other servers of an incoming transfer: where the zone comes from, who is compared, and who is behind.

using System.Net;
using AltoDns.Harness;

namespace AltoDns.Benchmarks.Transfers;

internal static class IncomingRecipes
{
    /// <summary>Knot with the zone's file; it takes changes over its control socket and tells a secondary.</summary>
    /// <param name="control">Path of the socket.</param>
    public static ServerRecipe Primary(ServedZone zone, int secondary, string control) => Knot(
        $"""
        control:
            listen: "{control}"
        remote:
          - id: secondary
            address: 127.0.0.1@{secondary}
        acl:
          - id: anybody
            address: 127.0.0.0/8
            action: transfer
        """,
        $"""
          - domain: {zone.QuotedOrigin}
            file: "{zone.File}"
            zonefile-sync: -1
            zonefile-load: difference
            journal-content: changes
            notify: secondary
            acl: anybody
        """);

    /// <summary>Knot with nothing but what it transfers.</summary>
    public static ServerRecipe KnotSecondary(ServedZone zone, int primary) => Knot(
        $"""
        remote:
          - id: primary
            address: 127.0.0.1@{primary}
        """,
        $"""
          - domain: {zone.QuotedOrigin}
            zonefile-sync: 0
            zonefile-load: none
            journal-content: none
            semantic-checks: off
            master: primary
        """);

    /// <summary>NSD with nothing but what it transfers, told by NOTIFY.</summary>
    public static ServerRecipe NsdSecondary(ServedZone zone, int primary, int port) => new(NsdServer.Name, ToolRunner.Require("nsd"), (folder, _) => ["-d", "-c", folder.Write("nsd.conf", $"""
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
          xfrd-reload-timeout: 0
        remote-control:
          control-enable: no
        zone:
          name: {zone.QuotedOrigin}
          zonefile: "{folder.Path}/secondary.zone"
          allow-notify: 127.0.0.1 NOKEY
          request-xfr: 127.0.0.1@{primary} NOKEY

        """)])
    {
        Endpoint = new IPEndPoint(IPAddress.Loopback, port),
    };

    private static ServerRecipe Knot(string sections, string zone) => new(KnotServer.Name, ToolRunner.Require("knotd"), (folder, port) => ["--config", folder.Write("knot.conf", $"""
        server:
            listen: 127.0.0.1@{port}
            rundir: "{folder.Path}"
            pidfile: "{folder.Path}/knot.pid"
        log:
          - target: stderr
            any: error
        database:
            storage: "{folder.Path}"
        {sections}
        template:
          - id: default
            storage: "{folder.Path}"
        zone:
        {zone}

        """)]);
}
