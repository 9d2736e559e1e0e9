// rbldnsd (Michael Tokarev) as a peer: made for lists of addresses, it reads its own kinds of data and no zone files.

namespace AltoDns.Harness;

/// <param name="Origin">The apex, without the last dot.</param>
/// <param name="Kind">Such as <c>ip4trie</c>, <c>ip6trie</c> or <c>generic</c>.</param>
/// <param name="File">Absolute path.</param>
public sealed record RbldnsdZone(string Origin, string Kind, string File);

public static class RbldnsdServer
{
    public const string Name = "rbldnsd";

    // It refuses to run as root, so it has to be able to read the files as somebody else.
    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public static ServerRecipe Recipe(IReadOnlyList<RbldnsdZone> zones) =>
        new(Name, ToolRunner.Require("rbldnsd"), (folder, port) => Prepare(folder, port, zones));

    // -n: in the foreground; -a: no NS records in answers; -c 0: does not look for changes.
    private static string[] Prepare(TemporaryFolder folder, int port, IReadOnlyList<RbldnsdZone> zones)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.Path, Readable);
        }

        foreach (var zone in zones)
        {
            File.Copy(zone.File, Path.Combine(folder.Path, Path.GetFileName(zone.File)));
        }

        return
        [
            "-n", "-a", "-b", $"127.0.0.1/{port}", "-w", folder.Path, "-c", "0",
            .. zones.Select(zone => $"{zone.Origin}:{zone.Kind}:{Path.GetFileName(zone.File)}"),
        ];
    }
}
