// altodns serve --xdp at the server's end of a virtual cable.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using AltoDns.Harness;
using AltoDns.Harness.Network;
using AltoDns.Testing;

namespace AltoDns.Interop.Tests.Xdp;

/// <summary>What the server says of itself when it stops.</summary>
/// <param name="Xdp">Datagrams answered by XDP; null where it did not serve by XDP.</param>
/// <param name="Received">Datagrams that came by XDP.</param>
/// <param name="Malformed">Frames dropped by XDP.</param>
/// <param name="Udp">Datagrams answered through sockets.</param>
/// <param name="Tcp">Messages answered over TCP.</param>
/// <param name="Dropped">Answers dropped for want of room, XDP and sockets together.</param>
internal sealed record ServedCounts(long? Xdp, long Received, long Malformed, long Udp, long Tcp, long Dropped);

/// <summary>Ends its process, by its own pid, when disposed of.</summary>
internal sealed partial class XdpServer : IAsyncDisposable
{
    public const int Port = 53;

    private const int TerminateSignal = 15;
    private const int KillSignal = 9;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly List<string> _log = [];

    private XdpServer(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public static IPEndPoint Endpoint { get; } = new(VethPair.ServerAddress, Port);

    public static IPEndPoint EndpointV6 { get; } = new(VethPair.ServerAddressV6, Port);

    public string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log);
            }
        }
    }

    /// <summary>Starts it and returns when it serves.</summary>
    /// <param name="arguments">Of <c>altodns serve</c>, without <c>--listen</c>.</param>
    /// <param name="prefix">A program, and its arguments, that is to start altodns.</param>
    public static async Task<XdpServer> StartAsync(VethPair network, IEnumerable<string> arguments, params string[] prefix)
    {
        string[] command = [.. prefix, "dotnet", AltoDnsServer.ProgramPath, "serve", "--listen", $"{Endpoint}", "--listen", $"{EndpointV6}", .. arguments];
        var start = new ProcessStartInfo(ToolRunner.Require("ip"), network.Server.Inside(command))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var server = new XdpServer(Process.Start(start) ?? throw new InvalidOperationException("ip did not start."));
        try
        {
            // The announcement is printed when everything has started.
            await server.WaitForLogAsync("Ctrl-C stops");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task WaitForLogAsync(string text)
    {
        await Eventually.IsTrue(() => Log.Contains(text, StringComparison.Ordinal) || _process.HasExited, $"the log has '{text}'");
        Assert.True(Log.Contains(text, StringComparison.Ordinal), $"The log has no '{text}':\n{Log}");
    }

    /// <summary>Stops it as an operator does.</summary>
    public async Task<ServedCounts> StopAsync()
    {
        await EndAsync(TerminateSignal);
        var log = Log;
        var xdp = XdpText().Match(log);
        var all = StoppedText().Match(log);
        Assert.True(all.Success, log);
        return new ServedCounts(
            xdp.Success ? Number(xdp, "answered") : null,
            xdp.Success ? Number(xdp, "received") : 0,
            xdp.Success ? Number(xdp, "malformed") : 0,
            Number(all, "udp"),
            Number(all, "tcp"),
            DroppedText().Match(log) is { Success: true } dropped ? Number(dropped, "dropped") : 0);
    }

    /// <summary>Ends it without a chance to tidy up.</summary>
    public Task KillAsync() => EndAsync(KillSignal);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task EndAsync(int signal)
    {
        Assert.Equal(0, Signal(_process.Id, signal));
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.WaitForExit();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (_log)
            {
                _log.Add(line);
            }
        }
    }

    private static long Number(Match match, string group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("Stopped XDP on .*: (?<answered>[0-9]+) of (?<received>[0-9]+) queries were answered, (?<malformed>[0-9]+) frames", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex XdpText();

    [GeneratedRegex("Stopped listening after (?<udp>[0-9]+) answers over UDP and (?<tcp>[0-9]+) over TCP", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StoppedText();

    [GeneratedRegex("(?<dropped>[0-9]+) UDP answers were dropped because the send buffer was full", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DroppedText();

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int processId, int signal);
}
