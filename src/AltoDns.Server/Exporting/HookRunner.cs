// Runs an operator's command to its end, or ends it.

using System.ComponentModel;
using System.Diagnostics;

namespace AltoDns.Server.Exporting;

/// <summary>What became of a command.</summary>
/// <param name="ExitCode">Null where it was ended because it took too long, or could not be started.</param>
/// <param name="Output">The first lines that it printed, or why it could not be started; on one line.</param>
internal sealed record HookOutcome(int? ExitCode, string Output, TimeSpan Took);

internal static class HookRunner
{
    private const int MaxOutput = 2000;

    // What a command's orphans hold open is not waited for.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(2);

    /// <param name="words">The program and its arguments.</param>
    public static async Task<HookOutcome> RunAsync(IReadOnlyList<string> words, TimeSpan limit, TimeProvider timeProvider, CancellationToken stopping)
    {
        var began = timeProvider.GetTimestamp();
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            return new HookOutcome(null, exception.Message, timeProvider.GetElapsedTime(began));
        }

        using (process)
        {
            process!.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput);
            var errors = ReadAsync(process.StandardError);
            using var timeout = new CancellationTokenSource(limit, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
            int? exitCode = null;
            try
            {
                await process.WaitForExitAsync(either.Token);
                exitCode = process.ExitCode;
            }
            catch (OperationCanceledException)
            {
                End(process);
            }

            _ = await Task.WhenAny(Task.WhenAll(output, errors), Task.Delay(OutputGrace, timeProvider, CancellationToken.None));
            return new HookOutcome(exitCode, OneLine(Printed(output), Printed(errors)), timeProvider.GetElapsedTime(began));
        }
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            // It ended by itself in the meantime.
        }
    }

    // All of it is read, so that the command never waits; the beginning is kept.
    private static async Task<string> ReadAsync(StreamReader reader)
    {
        var kept = "";
        var buffer = new char[MaxOutput];
        try
        {
            while (await reader.ReadAsync(buffer) is > 0 and var length)
            {
                kept += new string(buffer, 0, Math.Min(length, MaxOutput - kept.Length));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // It was ended.
        }

        return kept;
    }

    private static string Printed(Task<string> reading) => reading.IsCompletedSuccessfully ? reading.Result : "";

    // A command's output must not look like lines of our log.
    private static string OneLine(string output, string errors) =>
        string.Join(" | ", (output + "\n" + errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => string.Concat(line.Select(character => char.IsControl(character) ? '?' : character))));
}
