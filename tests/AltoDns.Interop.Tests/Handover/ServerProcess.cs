// One generation of a server on an address that several generations share.

using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Handover;

/// <summary>Ends its process when disposed of.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int TerminateSignal = 15;
    private const int HangupSignal = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start) ?? throw new InvalidOperationException("The server did not start.");
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts it; <see cref="AnnouncedAsync"/> tells when it serves.</summary>
    /// <param name="script">What bash does before it becomes the server.</param>
    /// <param name="environment">Variables for it.</param>
    /// <param name="arguments">Of <c>altodns serve</c>.</param>
    public static ServerProcess Start(IEnumerable<string> arguments, string script = "", params IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(
            ToolRunner.Require("bash"),
            ["-c", $"{script}\nexec \"$@\"", "bash", ToolRunner.Require("dotnet"), AltoDnsServer.ProgramPath, "serve", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ServerProcess(start);
    }

    /// <summary>Waits until it has said that it serves, which it does once its predecessor has ended.</summary>
    public async Task AnnouncedAsync()
    {
        await Task.WhenAny(_announced.Task, _process.WaitForExitAsync()).WaitAsync(Patience);
        Assert.True(_announced.Task.IsCompleted, Log);
    }

    public void Hangup() => Assert.Equal(0, Signal(Id, HangupSignal));

    public void Terminate() => _ = _process.HasExited ? 0 : Signal(Id, TerminateSignal);

    /// <summary>Waits for its end and asserts that it was an orderly one.</summary>
    public async Task EndedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(_process.ExitCode == 0, Log);
    }

    public async ValueTask DisposeAsync()
    {
        Terminate();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }

            if (line.Data.StartsWith("Serving ", StringComparison.Ordinal))
            {
                _announced.TrySetResult();
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int processId, int signal);
}
