// gdnsd (Brandon Black) as a peer: plain zone files, one thread for UDP and one for TCP.

namespace AltoDns.Harness;

public static class GdnsdServer
{
    public const string Name = "gdnsd";

    public static ServerRecipe Recipe(IReadOnlyList<ServedZone> zones) =>
        new(Name, ToolRunner.Require("gdnsd"), (folder, port) => ["-c", Configure(folder, port, zones), "start"]);

    private static string Configure(TemporaryFolder folder, int port, IReadOnlyList<ServedZone> zones)
    {
        // A zone file's name is its zone's, without the last dot.
        var zoneFolder = folder.MakeFolder("zones");
        foreach (var zone in zones)
        {
            File.CreateSymbolicLink(Path.Combine(zoneFolder, zone.Origin.ToString().TrimEnd('.')), zone.File);
        }

        folder.Write("config", $$"""
            options => {
              listen => { "127.0.0.1:{{port}}" => { udp_threads = 1, tcp_threads = 1 } },
              run_dir = {{folder.MakeFolder("run")}},
              state_dir = {{folder.MakeFolder("state")}},
            }

            """);
        return folder.Path;
    }
}
