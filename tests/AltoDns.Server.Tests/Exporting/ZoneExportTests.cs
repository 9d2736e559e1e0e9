// The export on each change: what is written, when the command runs, and what becomes of one that fails or hangs.

using AltoDns.Protocol.Names;
using AltoDns.Server.Exporting;
using AltoDns.Server.Tests.Support;
using AltoDns.Testing;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.Exporting;

public sealed class ZoneExportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-export-").FullName;
    private readonly LogRecorder<ZoneExport> _log = new();

    [Fact]
    public async Task Writes_what_changed_and_runs_the_command_once_for_each_zone()
    {
        await using var export = Start($"sh -c 'echo {{zone}} {{serial}} >> {_folder}/done'");

        export.Published([new ZoneChange(null, Zone("a.test.", 1)), new ZoneChange(null, Zone("b.test.", 2))]);
        await LogHas(1702, 2);

        Assert.Equal(["a.test 1", "b.test 2"], (await File.ReadAllLinesAsync(Path.Combine(_folder, "done"))).Order(StringComparer.Ordinal));
        Assert.Contains("serial 1", await File.ReadAllTextAsync(Path.Combine(_folder, "out", "a.test.zone")), StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_folder, "out")).Length);
    }

    [Fact]
    public async Task Leaves_alone_what_an_earlier_run_wrote()
    {
        await using (var export = Start($"sh -c 'echo {{serial}} >> {_folder}/done'"))
        {
            export.Published([new ZoneChange(null, Zone("a.test.", 1))]);
            await LogHas(1702, 1);
        }

        await using var again = Start($"sh -c 'echo {{serial}} >> {_folder}/done'");
        again.Published([new ZoneChange(null, Zone("a.test.", 1)), new ZoneChange(null, Zone("b.test.", 5))]);
        await LogHas(1702, 2);

        Assert.Equal(["1", "5"], await File.ReadAllLinesAsync(Path.Combine(_folder, "done")));
    }

    [Fact]
    public async Task Never_runs_two_commands_for_a_zone_and_ends_with_the_newest_version()
    {
        // The folder tells a second command at the same time.
        await using var export = Start($"sh -c 'mkdir {_folder}/lock || echo two >> {_folder}/done; sleep 0.2; echo {{serial}} >> {_folder}/done; rmdir {_folder}/lock'");

        for (var serial = 1u; serial <= 50; serial++)
        {
            export.Published([new ZoneChange(null, Zone("a.test.", serial))]);
        }

        await Eventually.IsTrue(() => File.Exists(Path.Combine(_folder, "done")) && File.ReadAllLines(Path.Combine(_folder, "done")).LastOrDefault() == "50", "the last version arrives");
        var lines = await File.ReadAllLinesAsync(Path.Combine(_folder, "done"));
        Assert.True(lines.Length < 10, $"{lines.Length} commands");
        Assert.DoesNotContain("two", lines);
    }

    [Fact]
    public async Task Ends_a_command_that_hangs_with_all_that_it_started()
    {
        await using var export = Start("sh -c 'sleep 1000 & echo $!; wait'", TimeSpan.FromSeconds(1));

        export.Published([new ZoneChange(null, Zone("a.test.", 1))]);
        await LogHas(1704, 1);

        var child = _log.Entries.Single(entry => entry.Id == 1704).Message.Split(": ")[1].Split('.')[0];
        await Eventually.IsTrue(() => !File.Exists($"/proc/{child}/cmdline") || File.ReadAllText($"/proc/{child}/cmdline").Length == 0, $"process {child} is gone");
    }

    [Theory]
    [InlineData("sh -c 'echo no good; exit 3'", 1703, "exit code 3: no good")]
    [InlineData("/does/not/exist {zone}", 1704, "/does/not/exist")]
    public async Task Says_why_a_command_failed_and_runs_it_again(string hook, int message, string reason)
    {
        var time = new ManualTime();
        await using var export = Start(hook, time: time);

        export.Published([new ZoneChange(null, Zone("a.test.", 1))]);
        await LogHas(message, 1);
        Assert.Contains(reason, _log.Entries.First(entry => entry.Id == message).Message, StringComparison.Ordinal);

        await Eventually.IsTrue(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(1));
                return _log.Entries.Count(entry => entry.Id == message) >= 2;
            },
            "it is run again");
    }

    [Fact]
    public async Task Waits_twice_as_long_after_each_failure_up_to_an_hour()
    {
        int[] expected = [1, 2, 4, 8, 16, 32, 60, 60];
        var time = new ManualTime();

        // It fails in no time, so that advancing the time does not end it.
        await using var export = Start("/does/not/exist", time: time);

        export.Published([new ZoneChange(null, Zone("a.test.", 1))]);
        var minutes = 0;
        await Eventually.IsTrue(
            () =>
            {
                if (_log.Entries.Count(entry => entry.Id == 1704) >= expected.Length)
                {
                    return true;
                }

                time.Advance(TimeSpan.FromMinutes(1));
                minutes++;
                return false;
            },
            "it has failed often enough");

        Assert.Equal(
            expected.Select(wait => $"and in {wait} min"),
            _log.Entries.Where(entry => entry.Id == 1704).Take(expected.Length).Select(entry => entry.Message[entry.Message.IndexOf("and in", StringComparison.Ordinal)..]));
        Assert.True(minutes >= expected[..^1].Sum(), $"{minutes} minutes");
    }

    [Fact]
    public async Task Says_why_a_file_cannot_be_written()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "out"), "in the way");
        await using var export = Start("true");

        export.Published([new ZoneChange(null, Zone("a.test.", 1))]);

        await LogHas(1701, 1);
    }

    [Fact]
    public async Task Keeps_the_file_of_a_zone_that_is_gone()
    {
        await using var export = Start(null);
        var zone = Zone("a.test.", 1);
        export.Published([new ZoneChange(null, zone)]);
        await LogHas(1700, 1);

        export.Published([new ZoneChange(zone, null)]);

        await LogHas(1705, 1);
        Assert.True(File.Exists(Path.Combine(_folder, "out", "a.test.zone")));
    }

    [Fact]
    public async Task Commands_of_updates_start_from_what_was_last_applied()
    {
        await using var export = Start($"sh -c 'cp {{update}} {_folder}/{{serial}}.sent; test {{serial}} != 2'", altoOnly: true);

        foreach (var serial in new[] { 1u, 2u, 3u })
        {
            export.Published([new ZoneChange(null, Zone("a.test.", serial))]);
            await LogHas(serial == 2 ? 1703 : 1702, serial == 3 ? 2 : 1);
        }

        // The second was never applied, so the third begins at the first.
        var sent = await File.ReadAllTextAsync(Path.Combine(_folder, "3.sent"));
        Assert.Contains("update delete host.a.test. IN NAPTR 100 10 \"u\" \"ALTO:https\" \"!.*!https://1.example/ird!\" .", sent, StringComparison.Ordinal);
        Assert.Contains("update add host.a.test. 300 IN NAPTR 100 10 \"u\" \"ALTO:https\" \"!.*!https://3.example/ird!\" .", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("2.example", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("PTR", sent.Replace("NAPTR", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ZoneExport Start(string? hook, TimeSpan? timeout = null, bool altoOnly = false, TimeProvider? time = null)
    {
        HookCommand? command = null;
        Assert.True(hook is null || HookCommand.TryParse(hook, out command, out _));
        var options = new ExportOptions(Path.Combine(_folder, "out")) { Hook = command, AltoOnly = altoOnly, HookTimeout = timeout ?? TimeSpan.FromSeconds(30) };
        return new ZoneExport(options, time ?? TimeProvider.System, _log);
    }

    private Task LogHas(int message, int times) =>
        Eventually.IsTrue(() => _log.Entries.Count(entry => entry.Id == message) >= times, $"{message} is logged {times} times, not only {string.Join('\n', _log.Entries)}");

    private static ZoneSnapshot Zone(string origin, uint serial) =>
        new ScenarioZone(
            "test",
            DomainName.Parse(origin),
            $"$TTL 300\n@ SOA ns hostmaster {serial} 2 3 4 5\n@ NS ns\nns A 192.0.2.1\nhost PTR name\nhost NAPTR 100 10 \"u\" \"ALTO:https\" \"!.*!https://{serial}.example/ird!\" .\n").Load();
}
