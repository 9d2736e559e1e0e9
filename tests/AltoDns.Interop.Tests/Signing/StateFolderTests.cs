// A state folder on a disk that is full or cannot be written any more: what is served stays, and the log says why.

using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Signing;

/// <summary>The folder is a small file system of the server's own, in a mount namespace of its own; takes root.</summary>
public sealed class StateFolderTests : IDisposable
{
    private const int FileSystemOctets = 256 << 10;

    private static readonly DomainName Origin = DomainName.Parse("2.0.192.in-addr.arpa.");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_disk_keeps_the_zone_that_is_served_until_there_is_room()
    {
        await using var server = await StartAsync();
        var state = InsideOf(server);
        var filler = Path.Combine(state, "filler");
        await Assert.ThrowsAsync<IOException>(() => File.WriteAllBytesAsync(filler, new byte[2 * FileSystemOctets], TestContext.Current.CancellationToken));
        await RequireOldZoneAsync(server, () => File.Delete(filler));
    }

    [Fact]
    public async Task Folders_that_became_read_only_keep_the_zone_that_is_served_until_they_can_be_written()
    {
        await using var server = await StartAsync();

        // Mounted upon themselves: the whole cannot become read-only while the server has a file of it open.
        await RunInsideAsync(server, "for part in keys serials; do mount --bind $part $part; mount -o remount,bind,ro $part; done");
        await RequireOldZoneAsync(server, () => RunInsideAsync(server, "umount keys serials").GetAwaiter().GetResult());
    }

    private async Task RequireOldZoneAsync(RunningServer server, Action mend)
    {
        WritePolicy("https://second.example/ird");
        await UntilAsync(server, () => Task.FromResult(server.Log.Contains("cannot be written", StringComparison.Ordinal)));
        Assert.True(await ServesAsync(server, "first"), server.Log);
        mend();
        WritePolicy("https://third.example/ird");
        await UntilAsync(server, () => ServesAsync(server, "third"));
    }

    private async Task<RunningServer> StartAsync()
    {
        var state = _folder.MakeFolder("state");
        WritePolicy("https://first.example/ird");
        var recipe = AltoDnsServer.Recipe([Path.Combine(_folder.Path, "isp.yaml"), "--state", state]);
        return await RunningServer.StartAsync(
            recipe with
            {
                Program = ToolRunner.Require("unshare"),
                Prepare = (folder, port) =>
                [
                    "--mount", ToolRunner.Require("bash"), "-c", $"mount -t tmpfs -o size={FileSystemOctets},mode=700 none {state} && exec \"$@\"", "bash", recipe.Program, .. recipe.Prepare(folder, port),
                ],
            },
            [new ServedZone(Origin, "")],
            Patience);
    }

    private void WritePolicy(string uri)
    {
        var temporary = _folder.Write("isp.new", $$"""
            zones: [192.0.2.0/24]
            soa: { primary: ns1.isp.example., contact: hostmaster@isp.example }
            nameservers: [ns1.isp.example.]
            alto-servers: { core: { uri: {{uri}} } }
            assignments: { 192.0.2.0/24: core }
            dnssec: on

            """);
        File.Move(temporary, Path.Combine(_folder.Path, "isp.yaml"), overwrite: true);
    }

    private static async Task<bool> ServesAsync(RunningServer server, string host)
    {
        var answer = await server.Client.AskAsync(new Query(DomainName.Parse("77.2.0.192.in-addr.arpa."), RecordType.NAPTR) { UdpPayload = 1232, DnssecOk = true });
        return answer.ResponseCode == ResponseCode.NoError
            && answer.Answers.Any(record => record.Type == RecordType.RRSIG)
            && answer.Answers.Any(record => $"{record}".Contains($"https://{host}.example/", StringComparison.Ordinal));
    }

    private static async Task UntilAsync(RunningServer server, Func<Task<bool>> condition)
    {
        for (var end = DateTime.UtcNow + Patience; !await condition();)
        {
            Assert.True(DateTime.UtcNow < end, server.Log);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    // The folder as the server sees it.
    private string InsideOf(RunningServer server) => $"/proc/{server.ProcessId}/root{Path.Combine(_folder.Path, "state")}";

    private async Task RunInsideAsync(RunningServer server, string script)
    {
        var result = await ToolRunner.RunAsync("nsenter", ["--target", $"{server.ProcessId}", "--mount", ToolRunner.Require("bash"), "-ec", $"cd {_folder.Path}/state; {script}"]);
        Assert.True(result.ExitCode == 0, $"{result}");
    }
}
