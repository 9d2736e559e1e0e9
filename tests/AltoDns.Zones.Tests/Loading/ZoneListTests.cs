// Lists of plain zones: long ones, and lines with faults.

using System.Globalization;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;

namespace AltoDns.Zones.Tests.Loading;

public sealed class ZoneListTests : IDisposable
{
    private readonly ZoneFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Loads_two_hundred_zones_of_a_list()
    {
        var names = Enumerable.Range(0, 200).Select(i => string.Create(CultureInfo.InvariantCulture, $"zone{i}.example.")).ToList();
        foreach (var name in names)
        {
            _folder.Write($"zones/{name}zone", ZoneFolder.Apex);
        }

        var loaded = ZoneLoader.Load(new ZoneSources
        {
            ZoneLists = [_folder.Write("zones/all.list", string.Concat(names.Select(name => $"{name}\t{name}zone\n")))],
        });

        Assert.Empty(loaded.Problems);
        Assert.Equal(names.Order(StringComparer.Ordinal), ZoneFolder.Origins(loaded));
        Assert.Equal(201, loaded.Files.Count);
    }

    [Fact]
    public void Reads_comments_blank_lines_and_paths_with_spaces()
    {
        var list = _folder.Write("sub/zones.list", "# all of ours\n\n  one.example   a b.zone   # the first\ntwo.example. /absolute.zone\r\n. root.zone\n");
        var problems = new ProblemList();
        var zones = ZoneListReader.Read(list, problems);

        Assert.Empty(problems.All);
        Assert.Equal(
            [("one.example.", _folder.At("sub/a b.zone"), 3), ("two.example.", "/absolute.zone", 4), (".", _folder.At("sub/root.zone"), 5)],
            zones.Select(zone => (zone.Origin.ToString(), zone.Path, zone.Position.Line)));
    }

    [Fact]
    public void Reports_each_line_with_a_fault_and_reads_the_others()
    {
        _folder.Write("good.zone", ZoneFolder.Apex);
        var loaded = ZoneLoader.Load(new ZoneSources
        {
            ZoneLists = [_folder.Write("zones.list", "lonely.example.\nbad..example bad.zone\ngood.example good.zone\ngone.example gone.zone\n")],
        });

        Assert.Null(loaded.Zones);
        Assert.Equal(
            [
                "zones.list:1:1: error: 'lonely.example.' is not a zone and its file. Write an origin and a path, such as: example.com. example.com.zone",
                "zones.list:2:1: error: 'bad..example' is not a domain name: it has an empty label; remove the extra dot. Correct the zone's name.",
                $"gone.zone: error: The file '{"gone.zone"}' cannot be read: there is none. Correct the name, or let this program read the file.",
            ],
            _folder.Problems(loaded));
        Assert.Equal(["gone.zone", "good.zone", "zones.list"], _folder.Files(loaded));
    }

    [Fact]
    public void Reports_a_list_that_cannot_be_read()
    {
        var loaded = ZoneLoader.Load(new ZoneSources { ZoneLists = [_folder.At("none.list")] });

        Assert.Equal(
            "none.list: error: The list of zones cannot be read: there is no such file. Correct the path or the permissions.", _folder.Problems(loaded).First());
    }
}
