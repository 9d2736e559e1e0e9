// A disk that is full or fails: updates are refused, nothing is half there, and all is well again when the disk is.

using System.Runtime.InteropServices;
using AltoDns.Harness;
using AltoDns.Harness.Updating;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Updates;

public sealed class FailingDiskTests
{
    private static readonly DomainName Zone = DomainName.Parse("disk.example.");

    [Fact]
    public async Task Answers_servfail_while_syncing_fails_and_recovers()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The shim is for Linux.");
        using var folder = new TemporaryFolder();
        var shim = Path.Combine(folder.Path, "failing-sync.so");
        var compiled = await ToolRunner.RunAsync("gcc", ["-shared", "-fPIC", "-o", shim, Path.Combine(AppContext.BaseDirectory, "Updates", "failing-sync.c"), "-ldl"]);
        Assert.True(compiled.ExitCode == 0, compiled.ToString());
        var failing = Path.Combine(folder.Path, "fail");
        var zone = WriteZone(folder);
        var plain = UpdatableServers.AltoDns(folder, [zone], ["--allow-update", "key=dhcp"]);
        var recipe = plain with
        {
            Program = ToolRunner.Require("env"),
            Prepare = (own, port) => [$"LD_PRELOAD={shim}", $"FAIL_SYNC_WHILE={failing}", plain.Program, .. plain.Prepare(own, port)],
        };
        await using var server = await RunningServer.StartAsync(recipe, [zone], TimeSpan.FromSeconds(60));
        using var client = new UpdateClient(server.Endpoint, UpdatableServers.Key);

        Assert.Equal(ResponseCode.NoError, client.Send(Add("before"))?.Code);
        await File.WriteAllTextAsync(failing, "");
        Assert.Equal(ResponseCode.ServerFailure, client.Send(Add("during"))?.Code);
        Assert.Equal(ResponseCode.ServerFailure, client.Send(Add("during2"))?.Code);
        Assert.Equal(["before"], await NamesAsync(server));
        File.Delete(failing);
        Assert.Equal(ResponseCode.NoError, client.Send(Add("after"))?.Code);

        Assert.Equal(["after", "before"], await NamesAsync(server));
        Assert.Contains("[1902]", server.Log, StringComparison.Ordinal);
        Assert.Contains("[1903]", server.Log, StringComparison.Ordinal);
        await server.KillAsync();
        await using var again = await RunningServer.StartAsync(plain, [zone], TimeSpan.FromSeconds(60));
        Assert.Equal(["after", "before"], await NamesAsync(again));
    }

    [Fact]
    public async Task Answers_servfail_while_the_disk_is_full_and_recovers()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && geteuid() == 0, "A file system of its own needs the superuser's rights.");
        using var folder = new TemporaryFolder();
        var disk = folder.MakeFolder("state");
        var zone = WriteZone(folder);
        var plain = UpdatableServers.AltoDns(folder, [zone], ["--allow-update", "key=dhcp"]);
        var commands = $"mount -t tmpfs -o size=512k tmpfs {disk} && exec \"$@\"";
        var recipe = plain with
        {
            Program = ToolRunner.Require("unshare"),
            Prepare = (own, port) => ["--mount", "sh", "-c", commands, "sh", plain.Program, .. plain.Prepare(own, port)],
        };
        await using var server = await RunningServer.StartAsync(recipe, [zone], TimeSpan.FromSeconds(60));
        using var client = new UpdateClient(server.Endpoint, UpdatableServers.Key);

        // The file system is the server's own; through /proc it is seen by us as well.
        var seen = $"/proc/{server.ProcessId}/root{disk}";
        Assert.Equal(ResponseCode.NoError, client.Send(Add("before"))?.Code);
        var ballast = Path.Combine(seen, "ballast");
        await FillAsync(ballast);
        var codes = Enumerable.Range(0, 200).Select(number => (Name: $"n{number:D3}", client.Send(Add($"n{number:D3}"))?.Code)).ToList();
        Assert.Contains(codes, code => code.Code == ResponseCode.ServerFailure);
        Assert.All(codes, code => Assert.True(code.Code is ResponseCode.NoError or ResponseCode.ServerFailure, $"{code}"));
        Assert.Equal(codes.Where(code => code.Code == ResponseCode.NoError).Select(code => code.Name).Prepend("before"), await NamesAsync(server));
        File.Delete(ballast);

        Assert.Equal(ResponseCode.NoError, client.Send(Add("zz-after"))?.Code);
        Assert.Contains("zz-after", await NamesAsync(server));
        Assert.Contains("[1902]", server.Log, StringComparison.Ordinal);
        Assert.Contains("[1903]", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Moves_a_damaged_file_aside_and_serves_the_zone()
    {
        using var folder = new TemporaryFolder();
        var zone = WriteZone(folder);
        Directory.CreateDirectory(Path.Combine(folder.Path, "state"));
        var damaged = Enumerable.Range(0, 20_000).Select(i => (byte)(i * 7)).ToArray();
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "state", "dynamic.db"), damaged);

        await using var server = await UpdatableServers.StartAltoDnsAsync(folder, [zone], "--allow-update", "key=dhcp");
        using var client = new UpdateClient(server.Endpoint, UpdatableServers.Key);

        Assert.Equal(ResponseCode.NoError, client.Send(Add("new"))?.Code);
        Assert.Equal(["new"], await NamesAsync(server));
        Assert.Contains("[1904]", server.Log, StringComparison.Ordinal);
        var aside = Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "state"), "dynamic.db.damaged-*"));
        Assert.Equal(damaged, await File.ReadAllBytesAsync(aside));
    }

    private static ServedZone WriteZone(TemporaryFolder folder) =>
        new(Zone, folder.Write("disk.zone", $"$ORIGIN {Zone}\n$TTL 60\n@ SOA ns1 host 10 3600 600 86400 300\n@ NS ns1\n@ A 192.0.2.1\n"));

    // Long enough that a few of them fill a page.
    private static UpdateBuilder Add(string label) => new UpdateBuilder(Zone).Add(
        DomainName.Parse($"{label}.{Zone}"), 60, UpdateText.ReadData(RecordType.TXT, $"\"{new string('x', 250)}\" \"{new string('y', 250)}\""));

    private static async Task<IReadOnlyList<string>> NamesAsync(RunningServer server) =>
        [.. (await UpdatableServers.TransferAsync(server, Zone)).Where(line => line.Contains(" txt ", StringComparison.Ordinal)).Select(line => line[..line.IndexOf('.', StringComparison.Ordinal)])];

    private static async Task FillAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1);
        var block = new byte[1024];
        try
        {
            while (true)
            {
                await file.WriteAsync(block);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();
}
