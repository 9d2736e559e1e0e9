// A DNS server process on a loopback port of its own, started and stopped by the test that needs it.

using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using AltoDns.Harness.Network;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Harness;

/// <summary>How one kind of server is started in a folder and on a port.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Program">Absolute path of the executable.</param>
/// <param name="Prepare">Writes the configuration and returns the command's arguments.</param>
public sealed record ServerRecipe(string Name, string Program, Func<TemporaryFolder, int, IReadOnlyList<string>> Prepare)
{
    /// <summary>Tells by the answer to the question for a zone's SOA record whether the server has loaded the zone.</summary>
    public Func<Answer, bool> IsReady { get; init; } = answer => answer is { ResponseCode: ResponseCode.NoError, Answers.Count: 1 };

    /// <summary>In what it prints once all of it has started, also what is not asked by DNS; null where it prints nothing.</summary>
    public string? ReadyText { get; init; }

    /// <summary>The network that it runs in; null: the machine's.</summary>
    public NetworkNamespace? Network { get; init; }

    /// <summary>Where it listens; port 0 stands for any that is free.</summary>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>The same on some processors alone.</summary>
    /// <param name="processors">As taskset lists them, such as <c>0</c> or <c>0,1</c>.</param>
    public ServerRecipe PinnedTo(string processors) =>
        this with { Program = ToolRunner.Require("taskset"), Prepare = (folder, port) => ["-c", processors, Program, .. Prepare(folder, port)] };
}

/// <summary>Ends its process, by its own pid, and removes its folder when disposed of.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private const int Attempts = 3;
    private const int LogLinesKept = 400;
    private const int KillSignal = 9;
    private const int TerminateSignal = 15;

    // So few can be asked for often: the queries that wait while the server loads are few, too.
    private const int FewZones = 4;

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    private readonly Process _process;
    private readonly NetworkNamespace? _network;
    private readonly Func<Answer, bool> _isReady;
    private readonly string? _readyText;
    private readonly TemporaryFolder _folder;
    private readonly Queue<string> _log = new();
    private readonly Stopwatch _sinceStart = Stopwatch.StartNew();
    private volatile bool _hasSaidReady;
    private bool _isDisposed;

    private RunningServer(ServerRecipe recipe, int port)
    {
        Name = recipe.Name;
        _isReady = recipe.IsReady;
        _readyText = recipe.ReadyText;
        _hasSaidReady = _readyText is null;
        _network = recipe.Network;
        Endpoint = new IPEndPoint(recipe.Endpoint.Address, port);
        _folder = new TemporaryFolder();
        try
        {
            var arguments = recipe.Prepare(_folder, port);
            var start = new ProcessStartInfo(
                _network is null ? recipe.Program : ToolRunner.Require("ip"),
                _network?.Inside([recipe.Program, .. arguments]) ?? arguments)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = _folder.Path,
            };
            _sinceStart.Restart();
            _process = Process.Start(start) ?? throw new InvalidOperationException($"{recipe.Name} did not start.");
        }
        catch
        {
            _folder.Dispose();
            throw;
        }

        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    public IPEndPoint Endpoint { get; }

    /// <summary>A client of this server, patient enough for a busy machine.</summary>
    public DnsClient Client => new(Endpoint, _network);

    /// <summary>A client for a server that may have to ask others.</summary>
    public DnsClient PatientClient(TimeSpan retransmitAfter, TimeSpan patience, int window = 64) =>
        new(Endpoint, _network) { RetransmitAfter = retransmitAfter, Patience = patience, Window = window };

    public int ProcessId => _process.Id;

    /// <summary>What it lives from, such as the server behind it: disposed of after it.</summary>
    public IAsyncDisposable? Source { get; set; }

    /// <summary>From the start of its process to the first right answer for the last of its zones, to about 5 ms where there are few zones.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>The last lines that the server printed.</summary>
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

    /// <summary>Starts a server and returns when it answers for every zone with authority.</summary>
    /// <param name="recipe">How to start it.</param>
    /// <param name="zones">What it loads; at least one.</param>
    /// <param name="timeout">For loading everything.</param>
    /// <exception cref="InvalidOperationException">It ended, or did not load all zones in time; the message has its log.</exception>
    public static async Task<RunningServer> StartAsync(ServerRecipe recipe, IReadOnlyList<ServedZone> zones, TimeSpan timeout)
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = new RunningServer(recipe, recipe.Endpoint.Port != 0 ? recipe.Endpoint.Port : LoopbackPort.Find());
            try
            {
                await server.WaitUntilReadyAsync(zones, timeout);
                return server;
            }
            catch (InvalidOperationException) when (attempt < Attempts && server.Log.Contains("ddress already in use", StringComparison.Ordinal))
            {
                // Another process took the port between its being found and its being bound.
                await server.DisposeAsync();
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Ends it without any warning, as a crash would; it is still to be disposed of.</summary>
    public async Task KillAsync()
    {
        _ = Signal(_process.Id, KillSignal);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            _ = Signal(_process.Id, TerminateSignal);
            using var limit = new CancellationTokenSource(StopTimeout);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
        _folder.Dispose();
        if (Source is not null)
        {
            await Source.DisposeAsync();
        }
    }

    private async Task WaitUntilReadyAsync(IReadOnlyList<ServedZone> zones, TimeSpan timeout)
    {
        var clock = Stopwatch.StartNew();
        var client = new DnsClient(Endpoint, _network)
        {
            Patience = TimeSpan.FromMilliseconds(500),
            RetransmitAfter = TimeSpan.FromMilliseconds(zones.Count <= FewZones ? 5 : 400),
        };
        var waiting = zones;
        IReadOnlyList<Answer?> answers = [];
        while (!_process.HasExited && clock.Elapsed < timeout)
        {
            if (waiting.Count > 0)
            {
                answers = await client.TryAskAsync([.. waiting.Select(zone => new Query(zone.Origin, RecordType.SOA) { RecursionDesired = true })]);
                waiting = [.. waiting.Where((_, index) => answers[index] is not { } answer || !_isReady(answer))];
                ReadyAfter = _sinceStart.Elapsed;
            }

            if (waiting.Count == 0 && _hasSaidReady)
            {
                return;
            }

            await Task.Delay(PollInterval);
        }

        // What was printed last may still be on its way.
        if (_process.HasExited)
        {
            _process.WaitForExit();
        }

        var state = _process.HasExited ? $"ended with exit code {_process.ExitCode}" : $"is not ready after {timeout}";
        throw new InvalidOperationException(
            $"{Name} {state}; zones not answered: {string.Join(", ", waiting.Take(10).Select(zone => zone.Origin))}; said that it is ready: {_hasSaidReady}\n{Log}");
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
        {
            return;
        }

        _hasSaidReady |= _readyText is not null && line.Data.Contains(_readyText, StringComparison.Ordinal);
        lock (_log)
        {
            _log.Enqueue(line.Data);
            if (_log.Count > LogLinesKept)
            {
                _log.Dequeue();
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int processId, int signal);
}
