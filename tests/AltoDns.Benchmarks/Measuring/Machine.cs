// What a run was made on, in one line.

using System.Globalization;
using System.Runtime.InteropServices;

namespace AltoDns.Benchmarks.Measuring;

internal static class Machine
{
    public static string Describe()
    {
        var model = Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var processors = File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal));
        var kilobytes = long.Parse(Field("/proc/meminfo", "MemTotal")!.Split(' ')[0], CultureInfo.InvariantCulture);
        var system = Field("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"');
        var kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Split('-')[0].Trim();
        return $"{processors} × {model}, {kilobytes / 1e6:F0} GB, {system}, Linux {kernel}, {RuntimeInformation.FrameworkDescription}";
    }

    private static string? Field(string file, string name, char separator = ':') => File.ReadLines(file)
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(separator, StringComparison.Ordinal) + 1)..].Trim())
        .FirstOrDefault();
}
