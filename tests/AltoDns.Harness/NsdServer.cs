// NSD (NLnet Labs) as a peer: authoritative only, one process, everything it writes in its own folder.

using System.Net;
using System.Text;

namespace AltoDns.Harness;

public static class NsdServer
{
    public const string Name = "NSD";

    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(180);

    public static Task<RunningServer> StartAsync(IReadOnlyList<ServedZone> zones) => RunningServer.StartAsync(Recipe(zones), zones, LoadTimeout);

    /// <param name="zones">What it loads.</param>
    /// <param name="minimalResponses">Whether it leaves out what the answer does not need (its <c>minimal-responses</c>).</param>
    /// <param name="address">Where it listens; null: 127.0.0.1.</param>
    public static ServerRecipe Recipe(IReadOnlyList<ServedZone> zones, bool minimalResponses = false, IPAddress? address = null) =>
        new(Name, ToolRunner.Require("nsd"), (folder, port) => ["-d", "-c", Configure(folder, new IPEndPoint(address ?? IPAddress.Loopback, port), zones, minimalResponses)]);

    private static string Configure(TemporaryFolder folder, IPEndPoint endpoint, IReadOnlyList<ServedZone> zones, bool minimalResponses)
    {
        // The rate limit is compiled into Debian's NSD and would cut a burst of questions off.
        var text = new StringBuilder($"""
            server:
              ip-address: {endpoint.Address}@{endpoint.Port}
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
              refuse-any: no
              minimal-responses: {(minimalResponses ? "yes" : "no")}
            remote-control:
              control-enable: no

            """);
        foreach (var zone in zones)
        {
            text.Append($"zone:\n  name: {zone.QuotedOrigin}\n  zonefile: \"{zone.File}\"\n");
        }

        return folder.Write("nsd.conf", text.ToString());
    }
}
