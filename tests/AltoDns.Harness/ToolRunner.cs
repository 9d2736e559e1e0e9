// Runs other people's programs to their end: dig, kdig, named-checkzone and their like.

using System.Diagnostics;

namespace AltoDns.Harness;

/// <summary>What a program printed and how it ended.</summary>
public sealed record ToolResult(string Command, int ExitCode, string Output, string Errors)
{
    /// <summary>Everything at once, for the message of a failed assertion.</summary>
    public override string ToString() => $"{Command}\nexit code {ExitCode}\n{Output}{Errors}";
}

public static class ToolRunner
{
    /// <summary>Set to 1 where a missing program is a failure and not a reason to skip, as in continuous integration.</summary>
    public const string RequireVariable = "ALTODNS_REQUIRE_INTEROP";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Program and the Debian package that brings it.</summary>
    private static readonly Dictionary<string, string> Packages = new(StringComparer.Ordinal)
    {
        ["dotnet"] = "dotnet-sdk-10.0",
        ["dig"] = "bind9-dnsutils",
        ["delv"] = "bind9-dnsutils",
        ["nsupdate"] = "bind9-dnsutils",
        ["named"] = "bind9",
        ["named-checkzone"] = "bind9-utils",
        ["dnssec-keygen"] = "bind9-utils",
        ["dnssec-signzone"] = "bind9-utils",
        ["nsd"] = "nsd",
        ["nsd-checkzone"] = "nsd",
        ["nsd-control"] = "nsd",
        ["rndc"] = "bind9-utils",
        ["rndc-confgen"] = "bind9-utils",
        ["knotd"] = "knot",
        ["knotc"] = "knot",
        ["keymgr"] = "knot",
        ["kdig"] = "knot-dnsutils",
        ["kzonecheck"] = "knot-dnssecutils",
        ["pdns_server"] = "pdns-server pdns-backend-bind pdns-backend-remote",
        ["gdnsd"] = "gdnsd",
        ["rbldnsd"] = "rbldnsd",
        ["gcc"] = "gcc libc6-dev",
        ["ip"] = "iproute2",
        ["unbound"] = "unbound",
        ["kresd"] = "knot-resolver",
        ["dnsdist"] = "dnsdist",
        ["fstrm_capture"] = "fstrm-bin",
        ["dnstap-ldns"] = "dnstap-ldns",
        ["go"] = "golang-go",
        ["tc"] = "iproute2",
        ["setpriv"] = "util-linux",
        ["unshare"] = "util-linux",
        ["env"] = "coreutils",
        ["knsupdate"] = "knot-dnsutils",
        ["nsenter"] = "util-linux",
        ["dnsviz"] = "dnsviz python3-pygraphviz",
        ["taskset"] = "util-linux",
        ["ldns-read-zone"] = "ldnsutils",
        ["ldns-verify-zone"] = "ldnsutils",
        ["dnssec-dsfromkey"] = "bind9-utils",
        ["dnssec-verify"] = "bind9-utils",
        ["dnssec-cds"] = "bind9-utils",
        ["kzonesign"] = "knot-dnssecutils",
        ["ldns-signzone"] = "ldnsutils",
        ["openssl"] = "openssl",
        ["promtool"] = "prometheus",
        ["chromium"] = "chromium",
        ["curl"] = "curl",
        ["bash"] = "bash",
        ["systemd-analyze"] = "systemd",
    };

    /// <summary>
    /// The program's path. Where it is missing the running test is skipped, or fails with the package to install
    /// if <see cref="RequireVariable"/> is 1.
    /// </summary>
    public static string Require(string program)
    {
        if (Find(program) is { } path)
        {
            return path;
        }

        return Miss($"{program} is not installed; on Debian: apt-get install {Packages.GetValueOrDefault(program, program)}");
    }

    /// <summary>The same for a library: a file or folder that its package brings.</summary>
    public static string RequireFile(string path, string package) =>
        Path.Exists(path) ? path : Miss($"{path} is missing; on Debian: apt-get install {package}");

    /// <summary>Skips the running test, or fails it if <see cref="RequireVariable"/> is 1.</summary>
    public static void SkipUnlessRequired(string reason)
    {
        if (Environment.GetEnvironmentVariable(RequireVariable) is "1")
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
    }

    /// <summary>The program's path; null where it is missing.</summary>
    public static string? Find(string program)
    {
        // The servers live in sbin, which an ordinary user's PATH may lack.
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Append("/sbin");
        return folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }

    /// <summary>Runs a required program; it may take a minute unless told otherwise.</summary>
    public static async Task<ToolResult> RunAsync(string program, IEnumerable<string> arguments, TimeSpan? timeout = null)
    {
        var start = new ProcessStartInfo(Require(program), arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var command = $"{program} {string.Join(' ', start.ArgumentList)}";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(timeout ?? DefaultTimeout);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException exception)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{command} did not end in time.\n{await output}{await errors}", exception);
        }

        return new ToolResult(command, process.ExitCode, await output, await errors);
    }

    private static string Miss(string message)
    {
        SkipUnlessRequired(message);
        throw new UnreachableException();
    }
}
