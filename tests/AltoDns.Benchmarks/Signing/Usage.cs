// Time by the clock and by the processors, of this process or of one that it starts.

using System.Diagnostics;
using System.Globalization;
using AltoDns.Harness;

namespace AltoDns.Benchmarks.Signing;

internal readonly record struct Usage(TimeSpan Elapsed, TimeSpan Processor)
{
    public static Running Start() => new(Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);

    /// <summary>Runs a program to its successful end.</summary>
    public static async Task<Usage> OfAsync(string program, IReadOnlyList<string> arguments)
    {
        // The shell accounts for its children.
        var result = await ToolRunner.RunAsync(
            "bash", ["-c", "TIMEFORMAT='%R %U %S'; time \"$@\" > /dev/null 2>&1", "bash", ToolRunner.Require(program), .. arguments], TimeSpan.FromMinutes(30));
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(result.ToString());
        }

        var seconds = result.Errors.Trim().Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return new Usage(TimeSpan.FromSeconds(seconds[0]), TimeSpan.FromSeconds(seconds[1] + seconds[2]));
    }

    internal readonly record struct Running(long Began, TimeSpan Processor)
    {
        public Usage Stop() => new(Stopwatch.GetElapsedTime(Began), Process.GetCurrentProcess().TotalProcessorTime - Processor);
    }
}
