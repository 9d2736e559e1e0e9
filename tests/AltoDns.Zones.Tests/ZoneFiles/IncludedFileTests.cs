// Master files on disk: included files, files that cannot be read, and files that change meanwhile.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Tests.ZoneFiles;

public sealed class IncludedFileTests : IDisposable
{
    private static readonly DomainName Origin = DomainName.Parse("example.");
    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Looks_up_included_files_beside_the_including_one()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "sub", "deeper"));
        Write("main.zone", "$TTL 60\nown PTR a\n$INCLUDE sub/one.zone inner\n PTR b\nlast PTR c\n");
        Write("sub/one.zone", "@ PTR one\n$ORIGIN changed\n$INCLUDE \"deeper/two.zone\"\nafter PTR one\n");
        Write("sub/deeper/two.zone", "x PTR two\n");
        Assert.Equal(
            [
                "own.example. PTR a.example. main.zone:2:1",
                "inner.example. PTR one.inner.example. sub/one.zone:1:1",
                "x.changed.inner.example. PTR two.changed.inner.example. sub/deeper/two.zone:1:1",
                "after.changed.inner.example. PTR one.changed.inner.example. sub/one.zone:4:1",
                "own.example. PTR b.example. main.zone:4:2",
                "last.example. PTR c.example. main.zone:5:1",
            ],
            Read("main.zone"));
    }

    [Fact]
    public void Keeps_a_default_TTL_that_an_included_file_sets()
    {
        Write("main.zone", "$TTL 60\n$INCLUDE ttl.zone\na PTR b\n");
        Write("ttl.zone", "$TTL 70\n");
        var timesToLive = new List<uint>();
        MasterFileReader.Read(At("main.zone"), Origin, new ProblemList(), record => timesToLive.Add(record.TimeToLive));
        Assert.Equal([70u], timesToLive);
    }

    [Fact]
    public void Names_the_included_file_in_its_faults()
    {
        Write("main.zone", "$TTL 60\n$INCLUDE bad.zone\n");
        Write("bad.zone", "a PTR b\n PTR c..\n");
        Assert.Equal("bad.zone:2:6: error: PTR: the target 'c..' is not a domain name: it has an empty label. Remove the extra dot.", Read("main.zone")[^1]);
    }

    [Fact]
    public void Refuses_files_that_include_each_other()
    {
        Write("a.zone", "$INCLUDE b.zone\n");
        Write("b.zone", "$INCLUDE ./../" + Path.GetFileName(_folder) + "/a.zone\n");
        Assert.Contains("is being read already; it includes itself. Remove this $INCLUDE.", Assert.Single(Read("a.zone")), StringComparison.Ordinal);
    }

    [Fact]
    public void Bounds_the_depth_of_included_files()
    {
        for (var i = 0; i < 30; i++)
        {
            Write($"{i}.zone", $"$INCLUDE {i + 1}.zone\n");
        }

        Assert.Equal(
            ["20.zone:1:10: error: Files include each other more than 20 levels deep. Include the records from fewer levels."],
            Read("0.zone"));
    }

    [Fact]
    public void Refuses_a_directory()
    {
        Directory.CreateDirectory(At("folder"));
        Write("main.zone", "$INCLUDE folder\n");
        Assert.Equal([$"folder: error: '{At("folder")}' is a directory. Name a zone file."], Read("folder", keepQuoted: true));
        Assert.Equal([$"main.zone:1:10: error: '{At("folder")}' is a directory. Name a zone file."], Read("main.zone", keepQuoted: true));
    }

    [Fact]
    public void Refuses_a_file_that_is_not_there() =>
        Assert.Equal(
            [$"none.zone: error: The file '{At("none.zone")}' cannot be read: there is none. Correct the name, or let this program read the file."],
            Read("none.zone", keepQuoted: true));

    [Fact]
    public void Notices_a_file_that_grows_while_it_is_read()
    {
        Write("main.zone", "a 60 PTR b\n");
        Assert.Equal(
            ["main.zone: error: The file changed while it was read. Load it again; write zone files aside and rename them into place."],
            ReadAndMeanwhile(() => File.AppendAllText(At("main.zone"), "b PTR c\n")));
    }

    [Fact]
    public void Notices_a_file_that_is_replaced_while_it_is_read()
    {
        Write("main.zone", "a 60 PTR b\n");
        Write("new.zone", "a 60 PTR c\n");
        File.SetLastWriteTimeUtc(At("new.zone"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        Assert.Single(ReadAndMeanwhile(() => File.Move(At("new.zone"), At("main.zone"), overwrite: true)));
    }

    [Fact]
    public void Notices_a_file_that_is_removed_while_it_is_read()
    {
        Write("main.zone", "a 60 PTR b\n");
        Assert.Single(ReadAndMeanwhile(() => File.Delete(At("main.zone"))));
    }

    [Fact]
    public void Loads_a_zone_only_when_it_is_free_of_errors()
    {
        Write("good.zone", "$TTL 60\n@ SOA ns.x. host.x. 7 2 3 4 5\n@ NS ns.x.\na PTR b\n");
        Write("bad.zone", "$TTL 60\n@ SOA ns.x. host.x. 7 2 3 4 5\na PTR b\n");
        var problems = new ProblemList();
        var files = new List<string>();
        Assert.Equal(7u, ZoneFileLoader.Load(At("good.zone"), Origin, problems, files)?.Freeze().Serial);
        Assert.Empty(problems.All);
        Assert.Null(ZoneFileLoader.Load(At("bad.zone"), Origin, problems, files));
        Assert.True(problems.HasErrors);
        Assert.NotNull(ZoneFileLoader.Load(At("good.zone"), Origin, problems, files));
    }

    private List<string> ReadAndMeanwhile(Action change)
    {
        var problems = new ProblemList();
        var isChanged = false;
        MasterFileReader.Read(At("main.zone"), Origin, problems, _ =>
        {
            if (!isChanged)
            {
                isChanged = true;
                change();
            }
        });
        return [.. problems.All.Select(problem => Shorten(problem.ToString()))];
    }

    private List<string> Read(string file, bool keepQuoted = false)
    {
        var lines = new List<string>();
        var problems = new ProblemList();
        MasterFileReader.Read(
            At(file), Origin, problems, record => lines.Add($"{record.Owner} PTR {record.Data} {Shorten(record.Position.ToString())}"));
        lines.AddRange(problems.All.Select(problem => keepQuoted ? problem.ToString()[(_folder.Length + 1)..] : Shorten(problem.ToString())));
        return lines;
    }

    private string Shorten(string text) => text.Replace(_folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

    private string At(string file) => Path.Combine(_folder, file);

    private void Write(string file, string text) => File.WriteAllText(At(file), text);
}
