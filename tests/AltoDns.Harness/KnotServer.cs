// Knot DNS (CZ.NIC) as a peer: no journal, no control by others, everything it writes in its own folder.

using System.Text;

namespace AltoDns.Harness;

public static class KnotServer
{
    public const string Name = "Knot";

    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(180);

    public static Task<RunningServer> StartAsync(IReadOnlyList<ServedZone> zones) => RunningServer.StartAsync(Recipe(zones), zones, LoadTimeout);

    public static ServerRecipe Recipe(IReadOnlyList<ServedZone> zones) =>
        new(Name, ToolRunner.Require("knotd"), (folder, port) => ["--config", Configure(folder, port, zones)]);

    private static string Configure(TemporaryFolder folder, int port, IReadOnlyList<ServedZone> zones)
    {
        var text = new StringBuilder($"""
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
            template:
              - id: default
                storage: "{folder.Path}"
                zonefile-sync: -1
                zonefile-load: whole
                journal-content: none
                semantic-checks: off
            zone:

            """);
        foreach (var zone in zones)
        {
            text.Append($"  - domain: {zone.QuotedOrigin}\n    file: \"{zone.File}\"\n");
        }

        return folder.Write("knot.conf", text.ToString());
    }
}
