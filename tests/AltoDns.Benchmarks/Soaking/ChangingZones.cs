// Two small zones beside the large one of a soak: one that updates change, and one whose file is replaced.

using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Benchmarks.Soaking;

internal sealed class ChangingZones
{
    private readonly string _file;
    private int _version = 1;

    private ChangingZones(ServedZone updated, ServedZone reloaded)
    {
        Zones = [updated, reloaded];
        _file = reloaded.File;
    }

    public static DomainName Updated { get; } = DomainName.Parse("updated.example.");

    public static DomainName Reloaded { get; } = DomainName.Parse("reloaded.example.");

    public IReadOnlyList<ServedZone> Zones { get; }

    public static ChangingZones Write(TemporaryFolder folder) => new(
        new ServedZone(Updated, folder.Write("updated.zone", TextOf(1))), new ServedZone(Reloaded, folder.Write("reloaded.zone", TextOf(1))));

    /// <summary>Replaces the file of the second zone by renaming another over it, as an editor does.</summary>
    public void Replace()
    {
        File.WriteAllText(_file + ".new", TextOf(++_version));
        File.Move(_file + ".new", _file, overwrite: true);
    }

    private static string TextOf(int version) => $"$TTL 60\n@ SOA ns1 host {version} 3600 600 86400 300\n@ NS ns1\nns1 A 192.0.2.1\nversion TXT {version}\n";
}
