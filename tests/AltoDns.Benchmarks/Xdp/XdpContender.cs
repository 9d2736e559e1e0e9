// A server at the far end of a virtual cable, pinned to one processor, answering on port 53 of the address there.

using System.Diagnostics;
using System.Runtime.InteropServices;
using AltoDns.Benchmarks.Servers;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;
using AltoDns.Harness.Network;

namespace AltoDns.Benchmarks.Xdp;

/// <param name="Name">What the table calls it.</param>
/// <param name="Command">The program and its arguments.</param>
/// <param name="Style">Of its answers.</param>
/// <param name="UsesXdp">Whether it must have a program at the interface while it is measured.</param>
internal sealed record XdpContender(string Name, IReadOnlyList<string> Command, AnswerStyle Style = AnswerStyle.Zones, bool UsesXdp = false)
{
    public const int Port = 53;

    private const int TerminateSignal = 15;

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    /// <summary>All that are installed; AltoDns always.</summary>
    public static async Task<IReadOnlyList<XdpContender>> MakeAllAsync(TemporaryFolder folder)
    {
        var policy = Path.Combine(folder.Path, "policy.yaml");
        MixedTraffic.IPv4.WritePolicy(policy);
        var export = await ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, "export", policy, "--output", folder.Path]);
        if (export.ExitCode != 0)
        {
            throw new InvalidOperationException(export.ToString());
        }

        var zone = Path.Combine(folder.Path, "10.in-addr.arpa.zone");
        string[] altoDns = ["dotnet", AltoDnsServer.ProgramPath, "serve", policy, "--listen", $"{VethPair.ServerAddress}:{Port}", "--udp-workers", "1"];
        var contenders = new List<XdpContender>
        {
            new("AltoDns, UDP", altoDns),
            new("AltoDns, XDP", [.. altoDns, "--xdp", VethPair.ServerInterface], UsesXdp: true),
        };
        if (EchoServer.IsAvailable)
        {
            contenders.Insert(0, new("echo in C, UDP", [await EchoServer.CompileAsync(folder), $"{Port}", $"{VethPair.ServerAddress}"], AnswerStyle.Echo));
        }

        if (ToolRunner.Find("nsd") is { } nsd)
        {
            contenders.Add(new("NSD, UDP", [nsd, "-d", "-c", folder.Write("nsd.conf", NsdConfiguration(folder, zone))]));
        }

        if (ToolRunner.Find("knotd") is { } knot)
        {
            contenders.Add(new("Knot, UDP", [knot, "--config", folder.Write("knot-udp.conf", KnotConfiguration(folder, "udp", zone, ""))]));
            contenders.Add(new("Knot, XDP", [knot, "--config", folder.Write("knot-xdp.conf", KnotConfiguration(folder, "xdp", zone, $"""
                xdp:
                    listen: {VethPair.ServerInterface}@{Port}

                """))], UsesXdp: true));
        }

        return contenders;
    }

    /// <summary>Starts it; the caller ends it.</summary>
    public Process Start(VethPair network, int processor)
    {
        var start = new ProcessStartInfo(
            ToolRunner.Require("ip"), network.Server.Inside(["taskset", "-c", $"{processor}", .. Command])) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{Name} did not start.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => NoteFault(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Lets it tidy up what it made.</summary>
    public static void End(Process process)
    {
        _ = Signal(process.Id, TerminateSignal);
        if (!process.WaitForExit(StopTimeout))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
    }

    private void NoteFault(string? line)
    {
        if (line is not null && (line.Contains("rror", StringComparison.Ordinal) || line.Contains(" warn:", StringComparison.Ordinal)))
        {
            Output.Figures.Note($"{Name}: {line}");
        }
    }

    private static string NsdConfiguration(TemporaryFolder folder, string zone) => $"""
        server:
          ip-address: {VethPair.ServerAddress}@{Port}
          username: ""
          chroot: ""
          zonesdir: "{folder.Path}"
          database: ""
          zonelistfile: "{folder.Path}/zone.list"
          xfrdfile: "{folder.Path}/xfrd.state"
          xfrdir: "{folder.Path}"
          pidfile: "{folder.Path}/nsd.pid"
          server-count: 1
          rrl-ratelimit: 0
          rrl-whitelist-ratelimit: 0
          minimal-responses: yes
        remote-control:
          control-enable: no
        zone:
          name: "10.in-addr.arpa."
          zonefile: "{zone}"
        """;

    private static string KnotConfiguration(TemporaryFolder folder, string name, string zone, string xdp) => $"""
        server:
            listen: {VethPair.ServerAddress}@{Port}
            rundir: "{folder.MakeFolder("knot-" + name)}"
            udp-workers: 1
            tcp-workers: 1
            background-workers: 1
        {xdp}log:
          - target: stderr
            any: error
        database:
            storage: "{folder.Path}/knot-{name}"
        zone:
          - domain: "10.in-addr.arpa."
            file: "{zone}"
            zonefile-sync: -1
            zonefile-load: whole
            journal-content: none
        """;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int processId, int signal);
}
