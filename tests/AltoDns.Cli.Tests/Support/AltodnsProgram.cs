// Runs the altodns program as a user does: the built program, in a process of its own.

using System.Diagnostics;

namespace AltoDns.Cli.Tests.Support;

/// <summary>What a command printed and how it ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    public IReadOnlyList<string> ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override string ToString() => $"exit code {ExitCode}\n{Output}{Errors}";
}

internal static class AltodnsProgram
{
    /// <summary>Long enough for a busy machine; only a failing test waits so long.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Runs a command to its end.</summary>
    /// <param name="folder">The working directory, so that messages name files as a user would write them; null for the tests' own.</param>
    public static async Task<CommandResult> RunAsync(TestFolder? folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException exception)
        {
            process.Kill();
            throw new TimeoutException($"altodns {string.Join(' ', arguments)} did not end in time.\n{await output}{await errors}", exception);
        }

        return new CommandResult(process.ExitCode, await output, await errors);
    }

    /// <summary>Starts a command; the caller ends and disposes of it.</summary>
    public static Process Start(TestFolder? folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "altodns.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder?.Path ?? AppContext.BaseDirectory,
        };
        return Process.Start(start) ?? throw new InvalidOperationException("altodns did not start.");
    }
}
