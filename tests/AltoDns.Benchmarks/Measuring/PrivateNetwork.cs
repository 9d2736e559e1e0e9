// A network namespace of the benchmark's own: no packet filter costs anything there, and no packet gets out.

using System.ComponentModel;
using System.Diagnostics;
using System.Net.NetworkInformation;
using AltoDns.Harness;

namespace AltoDns.Benchmarks.Measuring;

internal static class PrivateNetwork
{
    private const string Variable = "ALTODNS_BENCHMARK_NETWORK";
    private const string Private = "private";

    /// <summary>Whether this process runs in a network of its own.</summary>
    public static bool IsEntered => Environment.GetEnvironmentVariable(Variable) is Private;

    /// <summary>Runs this program again with the same arguments and some more, in a new network and on one processor, and returns its exit code.</summary>
    /// <param name="processor">Whose caches are not the servers'.</param>
    public static async Task<int> RunAgainAsync(int processor, IReadOnlyList<string> moreArguments)
    {
        // Without root a namespace of users makes one root within.
        string[] rights = Environment.IsPrivilegedProcess ? [] : ["--map-root-user"];
        var start = new ProcessStartInfo(
            ToolRunner.Find("unshare") ?? throw new InvalidOperationException("unshare is not installed; on Debian: apt-get install util-linux"),
            [
                "--net", .. rights, "--", "taskset", "-c", $"{processor}",
                "dotnet", Path.Combine(AppContext.BaseDirectory, "AltoDns.Benchmarks.dll"), .. Environment.GetCommandLineArgs()[1..], .. moreArguments,
            ])
        {
            UseShellExecute = false,
        };
        start.Environment[Variable] = Private;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("unshare did not start.");
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>Brings the loopback interface up, the only one that there is.</summary>
    /// <exception cref="InvalidOperationException">There are others, so this is not a private network, or it cannot be brought up.</exception>
    public static async Task BringUpAsync()
    {
        var others = NetworkInterface.GetAllNetworkInterfaces().Where(face => face.NetworkInterfaceType != NetworkInterfaceType.Loopback
            && face.OperationalStatus == OperationalStatus.Up).ToList();
        if (others.Count > 0)
        {
            throw new InvalidOperationException($"The network is not private: it has {others[0].Name}.");
        }

        var result = await ToolRunner.RunAsync("ip", ["link", "set", "lo", "up"]);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(result.ToString(), new Win32Exception(result.ExitCode));
        }
    }
}
