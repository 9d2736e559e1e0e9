// Loads that succeed, fail, overlap and repeat, over real files in a folder of the test's own.

using System.Diagnostics;
using System.Globalization;
using AltoDns.Server.Reloading;
using AltoDns.Server.Tests.Support;
using AltoDns.Testing;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Tests.Reloading;

public sealed class ZoneReloaderTests : IAsyncDisposable
{
    // Only the system's reports are that fast; only comparing is that slow.
    private static readonly ReloadingOptions ByReport = new() { CheckInterval = TimeSpan.FromDays(1), SettleTime = TimeSpan.FromMilliseconds(5) };
    private static readonly ReloadingOptions ByComparing = new() { CheckInterval = TimeSpan.FromMilliseconds(20), SettleTime = TimeSpan.FromMilliseconds(5) };

    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-reload-").FullName;
    private readonly ZoneStore _store = new(ZoneSet.Empty);
    private readonly LogRecorder<ZoneReloader> _log = new();
    private readonly List<ZoneReloader> _reloaders = [];
    private volatile string _loaded = "";
    private int _running;
    private volatile bool _overlapped;

    private string ZoneFile => Path.Combine(_folder, "isp1.yaml");

    public async ValueTask DisposeAsync()
    {
        foreach (var reloader in _reloaders)
        {
            await reloader.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Loads_and_publishes_at_the_start()
    {
        Write("one");
        var reloader = await Start(ByReport);

        Assert.Equal("one", _loaded);
        Assert.NotSame(ZoneSet.Empty, _store.Current);
        Assert.Equal((1, 0), (reloader.Loads, reloader.FailedLoads));
        Assert.Contains(_log.Entries, entry => entry.Id == 1100 && entry.Message.StartsWith("Loaded the zones from 1 files", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_first_load_with_errors_fails_the_start_and_lists_them_all()
    {
        Write("bad");
        var exception = await Assert.ThrowsAsync<ZonesNotLoadedException>(() => Start(ByReport));

        Assert.Equal(2, exception.Problems.Count);
        Assert.Same(ZoneSet.Empty, _store.Current);
        Assert.Equal([1102, 1102, 1105], _log.Entries.Select(entry => entry.Id));
    }

    [Fact]
    public async Task A_reload_with_errors_keeps_the_old_zones_and_tells_every_error()
    {
        Write("one");
        var reloader = await Start(ByReport);
        var before = _store.Current;
        Write("bad");

        await Eventually.IsTrue(() => _log.Entries.Any(entry => entry.Id == 1104), "the failed load is summed up");
        Assert.Same(before, _store.Current);
        Assert.Equal(
            [
                $"{ZoneFile}:1:1: error: The first fault. Mend it.",
                $"{ZoneFile}:2:1: error: The second fault. Mend it too.",
                "Nothing was loaded: 2 errors. The zones loaded before are still served",
            ],
            _log.Entries.Where(entry => entry.Level == LogLevel.Error).Select(entry => entry.Message));

        Write("mended");
        await Eventually.IsTrue(() => reloader.Loads == 2, "the mended file is loaded");
        Assert.NotSame(before, _store.Current);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_changed_file_is_loaded(bool byReport)
    {
        Write("one");
        await Start(byReport ? ByReport : ByComparing);
        Write("a longer two");

        await Eventually.IsTrue(() => _loaded == "a longer two", "the change is noticed");
        Assert.Contains(_log.Entries, entry => entry.Id == 1101 && entry.Message.Contains("isp1.yaml has changed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_replaced_by_renaming_is_loaded_again_and_again(bool byReport)
    {
        Write("one");
        await Start(byReport ? ByReport : ByComparing);
        for (var version = 0; version < 3; version++)
        {
            var content = string.Create(CultureInfo.InvariantCulture, $"renamed {version}");
            var written = Path.Combine(_folder, "new.tmp");
            File.WriteAllText(written, content);
            File.Move(written, ZoneFile, overwrite: true);
            await Eventually.IsTrue(() => _loaded == content, "the replacement is noticed");
        }
    }

    [Fact]
    public async Task A_link_that_points_elsewhere_is_loaded()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        foreach (var content in (string[])["old", "newer"])
        {
            Directory.CreateDirectory(Path.Combine(_folder, content));
            File.WriteAllText(Path.Combine(_folder, content, "isp1.yaml"), content);
        }

        // As a mounted configuration map does it: the file is a link through a folder that is itself a link.
        var current = Path.Combine(_folder, "..data");
        Directory.CreateSymbolicLink(current, "old");
        File.CreateSymbolicLink(ZoneFile, Path.Combine("..data", "isp1.yaml"));
        await Start(ByComparing);
        Assert.Equal("old", _loaded);
        Directory.CreateSymbolicLink(current + "_next", "newer");
        Directory.Delete(current);
        Directory.Move(current + "_next", current);

        await Eventually.IsTrue(() => _loaded == "newer", "the exchanged link is noticed");
    }

    [Fact]
    public async Task A_file_that_was_missing_is_loaded_once_it_appears()
    {
        var extra = Path.Combine(_folder, "extra.zone");
        Write("one");
        var reloader = await Start(ByReport, () => Load() with { Files = [ZoneFile, extra] });
        File.WriteAllText(extra, "");

        await Eventually.IsTrue(() => reloader.Loads == 2, "the new file is noticed");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_added_to_a_listed_folder_is_loaded_but_not_an_editors_own(bool byReport)
    {
        Write("one");
        var reloader = await Start(byReport ? ByReport : ByComparing, () => Load() with { Files = [ZoneFile, _folder] });
        File.WriteAllText(Path.Combine(_folder, ".isp1.yaml.swp"), "");
        File.WriteAllText(Path.Combine(_folder, "isp1.yaml~"), "");
        File.WriteAllText(Path.Combine(_folder, "isp2.yaml"), "");

        await Eventually.IsTrue(() => reloader.Loads >= 2, "the new file is noticed");
        await reloader.ReloadAsync("the test asks").InTime();
        Assert.Equal(3, reloader.Loads);
    }

    [Fact]
    public async Task A_file_that_changes_while_it_is_read_is_read_again()
    {
        Write("one");
        var reloader = await Start(ByReport, () =>
        {
            var result = Load();
            if (_loaded == "two")
            {
                Write("written during the load");
            }

            return result;
        });
        Write("two");

        await Eventually.IsTrue(() => _loaded == "written during the load", "the change is noticed after the load");
        Assert.Equal(3, reloader.Loads);
    }

    [Fact]
    public async Task Files_are_left_alone_when_watching_is_off()
    {
        Write("one");
        var reloader = await Start(ByComparing with { WatchFiles = false });
        Write("two, and longer");
        await reloader.ReloadAsync("the test asks").InTime();

        Assert.Equal("two, and longer", _loaded);
        Assert.Equal(2, reloader.Loads);
        Assert.Single(_log.Entries, entry => entry.Id == 1101);
    }

    [Fact]
    public async Task SIGHUP_loads_again()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGHUP.");
        Write("one");
        var reloader = await Start(ByReport);
        using var kill = Process.Start("kill", ["-HUP", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().InTime();

        await Eventually.IsTrue(() => reloader.Loads == 2, "the signal is heeded");
        Assert.Contains(_log.Entries, entry => entry.Message == "Loading the zones again: SIGHUP was received");
    }

    [Fact]
    public async Task Requests_during_a_load_share_one_load_after_it()
    {
        Write("one");
        using var go = new SemaphoreSlim(1);
        using var began = new SemaphoreSlim(0);
        var reloader = await Start(ByReport with { WatchFiles = false }, () =>
        {
            began.Release();
            go.Wait();
            return Load();
        });
        Assert.True(await began.WaitAsync(Eventually.Patience));

        var first = reloader.ReloadAsync("first");
        Assert.True(await began.WaitAsync(Eventually.Patience));
        var later = Enumerable.Range(0, 20).Select(_ => reloader.ReloadAsync("later")).ToList();
        go.Release(2);
        var firstResult = await first.InTime();
        var laterResults = await Task.WhenAll(later).InTime();

        Assert.Equal(3, reloader.Loads);
        Assert.NotSame(firstResult, Assert.Single(laterResults.Distinct()));
        Assert.False(_overlapped);
    }

    [Fact]
    public async Task Many_threads_that_ask_never_make_two_loads_overlap()
    {
        Write("one");
        var reloader = await Start(ByReport with { WatchFiles = false });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var request = 0; request < 50; request++)
            {
                Assert.NotNull((await reloader.ReloadAsync("again").InTime()).Zones);
            }
        })));

        Assert.False(_overlapped);
        Assert.InRange(reloader.Loads, 51, 401);
    }

    [Fact]
    public async Task An_exception_while_loading_counts_as_a_failed_load()
    {
        Write("one");
        var fail = false;
        var reloader = await Start(ByReport, () => fail ? throw new InvalidOperationException("a fault") : Load());
        var before = _store.Current;
        fail = true;
        var result = await reloader.ReloadAsync("the test asks").InTime();

        Assert.Null(result.Zones);
        Assert.Same(before, _store.Current);
        Assert.Contains(_log.Entries, entry => entry.Id == 1107);
        fail = false;
        Write("mended");
        await Eventually.IsTrue(() => _loaded == "mended", "files are still watched");
    }

    [Fact]
    public async Task Warnings_are_told_and_the_zones_served()
    {
        Write("one");
        var warning = new Problem(Severity.Warning, new SourcePosition(ZoneFile, 3, 1), "A doubt.", "Look again.");
        var reloader = await Start(ByReport, () => Load() with { Problems = [warning] });

        Assert.Equal(1, reloader.Loads);
        Assert.Contains(_log.Entries, entry => entry is { Id: 1103, Level: LogLevel.Warning } && entry.Message.Contains("3:1: warning: A doubt.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Large_heaps_are_compacted_after_a_load()
    {
        Write("one");
        await Start(ByReport with { CompactionThreshold = long.MaxValue });
        var collections = GC.CollectionCount(2);
        var reloader = await Start(ByReport with { CompactionThreshold = 0 });

        Assert.True(GC.CollectionCount(2) > collections);
        Assert.Equal(1, reloader.Loads);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_watched_is_told_once_and_compared()
    {
        var later = Path.Combine(_folder, "later");
        Write("one");
        var reloader = await Start(ByComparing, () => Load() with { Files = [ZoneFile, Path.Combine(later, "isp2.yaml")] });
        await reloader.ReloadAsync("the test asks").InTime();
        Assert.Single(_log.Entries, entry => entry.Id == 1106);

        Directory.CreateDirectory(later);
        File.WriteAllText(Path.Combine(later, "isp2.yaml"), "two");
        await Eventually.IsTrue(() => reloader.Loads == 3, "the file is noticed by comparing");
    }

    private void Write(string content)
    {
        // In one step, so that the loader never reads half of it.
        var written = Path.Combine(_folder, $".{Guid.NewGuid():N}");
        File.WriteAllText(written, content);
        File.Move(written, ZoneFile, overwrite: true);
    }

    private async Task<ZoneReloader> Start(ReloadingOptions options, Func<ZoneLoadResult>? load = null)
    {
        var reloader = new ZoneReloader(_store, load ?? Load, options, TimeProvider.System, _log);
        _reloaders.Add(reloader);
        await reloader.StartAsync(CancellationToken.None).InTime();
        return reloader;
    }

    private ZoneLoadResult Load()
    {
        _overlapped |= Interlocked.Increment(ref _running) > 1;
        try
        {
            var content = File.ReadAllText(ZoneFile);
            _loaded = content;
            return content == "bad"
                ? new ZoneLoadResult(
                    null,
                    [
                        new Problem(Severity.Error, new SourcePosition(ZoneFile, 1, 1), "The first fault.", "Mend it."),
                        new Problem(Severity.Error, new SourcePosition(ZoneFile, 2, 1), "The second fault.", "Mend it too."),
                    ],
                    [ZoneFile])
                : new ZoneLoadResult(new ZoneSet([]), [], [ZoneFile]);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
