// PowerDNS (Open-Xchange) as a peer: its BIND backend, so that it reads the zone files that the others read.

using System.Text;

namespace AltoDns.Harness;

public static class PowerDnsServer
{
    public const string Name = "PowerDNS";

    public static ServerRecipe Recipe(IReadOnlyList<ServedZone> zones) =>
        new(Name, ToolRunner.Require("pdns_server"), (folder, port) => Configure(folder, port, zones));

    private static string[] Configure(TemporaryFolder folder, int port, IReadOnlyList<ServedZone> zones)
    {
        var list = new StringBuilder();
        foreach (var zone in zones)
        {
            list.Append($"zone {zone.QuotedOrigin} {{ type master; file \"{zone.File}\"; }};\n");
        }

        // The packet cache holds whole answers: names that come once gain nothing by it and pay for it.
        var zoneList = folder.Write("named.conf", list.ToString());
        folder.Write("pdns.conf", $"""
            launch=bind
            bind-config={zoneList}
            bind-check-interval=0
            local-address=127.0.0.1
            local-port={port}
            socket-dir={folder.Path}
            daemon=no
            guardian=no
            disable-syslog=yes
            write-pid=no
            loglevel=3
            receiver-threads=1
            distributor-threads=1
            cache-ttl=0
            version-string=anonymous

            """);
        return [$"--config-dir={folder.Path}"];
    }
}
