// PowerDNS with its remote backend: it answers clients, AltoDns behind it has the zones.

namespace AltoDns.Harness;

public static class PowerDnsRemote
{
    public const string Name = "PowerDNS with AltoDns behind it";

    private const string Package = "pdns-backend-remote";

    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(60);

    private static readonly string[] ModuleFolders = ["/usr/lib/x86_64-linux-gnu/pdns", "/usr/lib/aarch64-linux-gnu/pdns", "/usr/lib/pdns"];

    /// <summary>Starts both; the server returned is PowerDNS, and the other ends with it.</summary>
    public static Task<RunningServer> StartAsync(IReadOnlyList<ServedZone> zones) =>
        StartAsync(zones.SelectMany(zone => new[] { "--zone", $"{zone.Origin}={zone.File}" }), zones);

    /// <param name="arguments">Policy files and options of <c>altodns serve</c>.</param>
    /// <param name="zones">The zones that must be answered before the servers count as started.</param>
    public static async Task<RunningServer> StartAsync(IEnumerable<string> arguments, IReadOnlyList<ServedZone> zones)
    {
        _ = ToolRunner.RequireFile(ModuleFolders.Select(folder => Path.Combine(folder, "libremotebackend.so")).FirstOrDefault(File.Exists) ?? ModuleFolders[0], Package);
        var folder = new TemporaryFolder();
        var socket = Path.Combine(folder.Path, "powerdns.sock");
        RunningServer? behind = null;
        try
        {
            behind = await AltoDnsServer.StartAsync([.. arguments, "--powerdns", socket], zones);
            var server = await RunningServer.StartAsync(Recipe(socket), zones, LoadTimeout);
            server.Source = new Pair(behind, folder);
            return server;
        }
        catch
        {
            await new Pair(behind, folder).DisposeAsync();
            throw;
        }
    }

    /// <param name="socket">Where AltoDns answers it.</param>
    /// <param name="settings">More lines of its configuration.</param>
    public static ServerRecipe Recipe(string socket, string settings = "") =>
        new(Name, ToolRunner.Require("pdns_server"), (folder, port) => Configure(folder, port, socket, settings));

    // Without caches every question goes through to AltoDns, and every change is seen at once.
    private static string[] Configure(TemporaryFolder folder, int port, string socket, string settings)
    {
        folder.Write("pdns.conf", $"""
            launch=remote
            remote-connection-string=unix:path={socket},timeout=10000
            remote-dnssec=yes
            dname-processing=yes
            any-to-tcp=no
            8bit-dns=yes
            local-address=127.0.0.1
            local-port={port}
            socket-dir={folder.Path}
            daemon=no
            guardian=no
            disable-syslog=yes
            write-pid=no
            loglevel=5
            receiver-threads=1
            distributor-threads=2
            cache-ttl=0
            query-cache-ttl=0
            negquery-cache-ttl=0
            version-string=anonymous
            {settings}

            """);
        return [$"--config-dir={folder.Path}"];
    }

    private sealed class Pair(RunningServer? behind, TemporaryFolder folder) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (behind is not null)
            {
                await behind.DisposeAsync();
            }

            folder.Dispose();
        }
    }
}
