// What other people's tools make of our dnstap messages: fstrm_capture takes them, dnstap-ldns prints them.

using System.Diagnostics;
using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Testing;

namespace AltoDns.Interop.Tests.Protection;

public sealed class DnstapTests
{
    private static readonly DomainName Origin = DomainName.Parse("example.");

    [Fact]
    public async Task Tools_read_every_message()
    {
        ToolRunner.Require("dnstap-ldns");
        using var folder = new TemporaryFolder();
        var zone = Path.Combine(folder.Path, "example.zone");
        var (socket, file) = (Path.Combine(folder.Path, "tap.sock"), Path.Combine(folder.Path, "out.tap"));
        await File.WriteAllTextAsync(zone, "@ 60 SOA ns hostmaster 1 3600 600 86400 60\n@ 60 NS ns\nns 60 A 192.0.2.1\nwww 60 A 192.0.2.2\n");
        var start = new ProcessStartInfo(
            ToolRunner.Require("fstrm_capture"), ["-t", "protobuf:dnstap.Dnstap", "-u", socket, "-w", file])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        using var capture = Process.Start(start)!;
        try
        {
            capture.ErrorDataReceived += (_, _) => { };
            capture.BeginErrorReadLine();
            await Eventually.IsTrue(() => File.Exists(socket) || capture.HasExited, "fstrm_capture listens");
            await using (var server = await AltoDnsServer.StartAsync(
                ["--zone", $"{Origin}={zone}", "--dnstap", socket, "--identity", "ns1.isp1.example"], [new ServedZone(Origin, zone)]))
            {
                await server.Client.AskAsync(new Query(DomainName.Parse("www.example."), RecordType.A));
                await server.Client.AskByTcpAsync(new Query(DomainName.Parse("nowhere.example."), RecordType.NAPTR));
            }

            // The server's stop ended the stream; the capture writes its file when it is told to end.
            using (Process.Start("kill", $"-TERM {capture.Id}"))
            {
                await capture.WaitForExitAsync().InTime();
            }
        }
        finally
        {
            if (!capture.HasExited)
            {
                capture.Kill();
            }
        }

        var text = (await ToolRunner.RunAsync("dnstap-ldns", ["-r", file])).Output;
        Assert.Contains("AQ 127.0.0.1 UDP", text, StringComparison.Ordinal);
        Assert.Matches("AQ 127.0.0.1 UDP [0-9]+b \"www.example.\" IN A", text);
        Assert.Matches("AR 127.0.0.1 UDP [0-9]+b \"www.example.\" IN A", text);
        Assert.Matches("AQ 127.0.0.1 TCP [0-9]+b \"nowhere.example.\" IN NAPTR", text);
        Assert.Matches("AR 127.0.0.1 TCP [0-9]+b \"nowhere.example.\" IN NAPTR", text);
        var whole = (await ToolRunner.RunAsync("dnstap-ldns", ["-y", "-r", file])).Output;
        Assert.Contains("ns1.isp1.example", whole, StringComparison.Ordinal);
        Assert.Contains("NXDOMAIN", whole, StringComparison.Ordinal);
    }
}
