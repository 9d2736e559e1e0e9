// altodns serve --config and the commands that look after a running server, as an operator works with them.

using System.Runtime.Versioning;
using System.Text.Json;
using AltoDns.Cli.Tests.Support;

namespace AltoDns.Cli.Tests;

public sealed class ConfigurationTests
{
    private const string Name = "1.2.0.192.in-addr.arpa.";
    private const string Zone = "2.0.192.in-addr.arpa.";
    private const string Configuration = """
        udp: { workers: 1 }
        policies: isp.yaml
        state: state

        """;

    [Fact]
    public async Task Serves_by_a_configuration_and_tells_of_it()
    {
        using var folder = TestFolder.WithPolicy();
        folder.Write("altodns.yaml", Configuration);
        await using var program = await ServingProgram.StartAsync(folder, "--config", "altodns.yaml");
        Assert.Single(await program.AskAsync(Name));

        var status = await AltodnsProgram.RunAsync(folder, "status", "--config", "altodns.yaml");
        Assert.Equal((0, ""), (status.ExitCode, status.Errors));
        Assert.Contains("Configuration: altodns.yaml. Log level: information.", status.Output, StringComparison.Ordinal);
        Assert.Contains($"{Zone}", status.Output, StringComparison.Ordinal);
        Assert.Contains("isp.yaml", status.Output, StringComparison.Ordinal);

        using var json = JsonDocument.Parse((await AltodnsProgram.RunAsync(folder, "status", "--state", "state", "--json")).Output);
        Assert.Equal($"{program.Endpoint}", Assert.Single(json.RootElement.GetProperty("listening").EnumerateArray()).GetString());
        Assert.True(json.RootElement.GetProperty("lastReload").GetProperty("ok").GetBoolean());
        Assert.Equal(2, json.RootElement.GetProperty("zones").GetArrayLength());

        using var stats = JsonDocument.Parse((await AltodnsProgram.RunAsync(folder, "stats", "--control", "state/control.sock", "--json")).Output);
        Assert.Equal(1, stats.RootElement.GetProperty("counters").GetProperty("udp").GetProperty("answered").GetInt64());
    }

    [Fact]
    public async Task A_rejected_reload_shows_everywhere_and_what_was_served_stays()
    {
        using var folder = TestFolder.WithPolicy();
        folder.Write("altodns.yaml", Configuration + "reload: { watch: false }\n");
        await using var program = await ServingProgram.StartAsync(folder, "--config", "altodns.yaml");
        folder.Write("altodns.yaml", Configuration.Replace("policies", "polices", StringComparison.Ordinal));

        var reload = await AltodnsProgram.RunAsync(folder, "reload", "--state", "state");
        Assert.Equal(1, reload.ExitCode);
        Assert.Equal("altodns.yaml:2:1: error: The configuration has no setting 'polices'. Did you mean 'policies'?", Assert.Single(reload.ErrorLines));
        Assert.Contains("REJECTED", reload.Output, StringComparison.Ordinal);
        var status = await AltodnsProgram.RunAsync(folder, "status", "--state", "state");
        Assert.Equal(1, status.ExitCode);
        Assert.Contains("Last reload: REJECTED", status.Output, StringComparison.Ordinal);
        var zone = await AltodnsProgram.RunAsync(folder, "zone", Zone, "--state", "state");
        Assert.Equal(1, zone.ExitCode);
        Assert.Contains("rejected at ", zone.Output, StringComparison.Ordinal);
        Assert.Single(await program.AskAsync(Name));

        folder.Write("altodns.yaml", Configuration.Replace("workers: 1", "workers: 2", StringComparison.Ordinal) + "logging: { level: debug }\n");
        reload = await AltodnsProgram.RunAsync(folder, "reload", "--state", "state");
        Assert.Equal(0, reload.ExitCode);
        Assert.Contains("takes effect at the next start", Assert.Single(reload.ErrorLines), StringComparison.Ordinal);
        Assert.Equal("debug\n", (await AltodnsProgram.RunAsync(folder, "log-level", "--state", "state")).Output);
        Assert.Equal("error\n", (await AltodnsProgram.RunAsync(folder, "log-level", "error", "--state", "state")).Output);
        Assert.Equal(0, (await AltodnsProgram.RunAsync(folder, "zone", Zone, "--state", "state")).ExitCode);
    }

    [Fact]
    public async Task Says_when_no_server_answers()
    {
        using var folder = new TestFolder();

        var result = await AltodnsProgram.RunAsync(folder, "status", "--state", "state");

        Assert.Equal((11, ""), (result.ExitCode, result.Output));
        Assert.StartsWith($"No server answers at {Path.Combine("state", "control.sock")}: there is no socket.", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(2, (await AltodnsProgram.RunAsync(folder, "zone")).ExitCode);
    }

    [Theory]
    [InlineData("listn: 127.0.0.1", 7, "altodns.yaml:1:1: error: The configuration has no setting 'listn'. Did you mean 'listen'?")]
    [InlineData("tls: { listen: \"127.0.0.1:0\", certificate: no.pem }\npolicies: isp.yaml\nlisten: \"127.0.0.1:0\"", 9, "no.pem: the certificate cannot be used: ")]
    [InlineData("notify: { address: 192.0.2.1, tls: { name: a.example, authorities: no.pem } }", 9, "altodns.yaml:1:68: error: The file of authorities no.pem cannot be used: there is no such file.")]
    [InlineData("policies: isp.yaml\nlisten: 192.0.2.1:0", 3, "no interface of this machine has the address")]
    [InlineData("policies: none.yaml", 1, "none.yaml: error: The policy cannot be read: there is no such file.")]
    public async Task Ends_with_the_exit_code_of_the_fault(string text, int exitCode, string error)
    {
        using var folder = TestFolder.WithPolicy();
        folder.Write("altodns.yaml", text);

        var result = await AltodnsProgram.RunAsync(folder, "serve", "--config", "altodns.yaml");

        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
        Assert.Contains(error, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_with_a_code_of_its_own_where_the_state_folder_is_full()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "A full file system is mounted by root.");
        using var folder = TestFolder.WithPolicy();
        folder.Write("isp.yaml", TestFolder.Policy + "dnssec: on\n");
        folder.Write("run.sh", $"""
            mkdir full && mount -t tmpfs -o size=4k,nr_inodes=100 none full && (dd if=/dev/zero of=full/fill bs=4k count=4 2>/dev/null || true)
            dotnet {Path.Combine(AppContext.BaseDirectory, "altodns.dll")} serve isp.yaml --listen 127.0.0.1:0 --state full --control off
            """);

        // The mount is in a name space of its own and goes with it.
        var result = await ShellAsync(folder, "unshare", "--mount", "sh", "run.sh");

        Assert.Contains("No space left on device", result.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(10, result.ExitCode);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Listens_on_port_53_with_one_capability_and_no_other_right()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root" && File.Exists("/usr/bin/setpriv"), "Root gives its rights away, but for one.");
        using var folder = TestFolder.WithPolicy();
        folder.Write("altodns.yaml", "listen: 127.0.0.1\nudp: { workers: 1 }\npolicies: isp.yaml\ncontrol: off\n");
        File.SetUnixFileMode(folder.Path, (UnixFileMode)Convert.ToInt32("755", 8));
        foreach (var file in Directory.EnumerateFiles(folder.Path))
        {
            File.SetUnixFileMode(file, (UnixFileMode)Convert.ToInt32("644", 8));
        }

        // A network of its own, so that nobody else has port 53; the user nobody, with the capability or without any.
        var serve = $"dotnet {Path.Combine(AppContext.BaseDirectory, "altodns.dll")} serve --config altodns.yaml";
        folder.Write("run.sh", $"""
            ip link set lo up
            nobody='setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all,+net_bind_service'
            $nobody --inh-caps -all {serve}
            echo "without: $?"
            $nobody --inh-caps -all,+net_bind_service --ambient-caps -all,+net_bind_service {serve} > served &
            until grep -q Serving served || ! kill -0 $!; do :; done
            cat served
            kill -TERM $!
            wait $!
            echo "with: $?"
            """);

        var result = await ShellAsync(folder, "unshare", "--net", "sh", "run.sh");

        Assert.Contains("Cannot listen on 127.0.0.1:53 (TCP): the system does not permit it.", result.Errors, StringComparison.Ordinal);
        Assert.Contains("without: 8\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("Serving 2 zones on 127.0.0.1:53", result.Output, StringComparison.Ordinal);
        Assert.Contains("with: 0\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checks_a_configuration_with_all_that_it_names()
    {
        using var folder = TestFolder.WithPolicy();
        folder.Write("conf/altodns.yaml", "policies: ../isp.yaml\nzones: { other.example: { notify: 192.0.2.1 } }\n");

        var result = await AltodnsProgram.RunAsync(folder, "check", "--config", "conf/altodns.yaml");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(Zone, result.Output, StringComparison.Ordinal);
        Assert.Contains("conf/altodns.yaml:2:10: warning: Zone other.example. has settings, but is not served.", result.Errors, StringComparison.Ordinal);

        folder.Write("conf/altodns.yaml", "policies: ../isp.yaml\nudp: 1\nxpd: eth0\n");
        result = await AltodnsProgram.RunAsync(folder, "check", "--config", "conf/altodns.yaml", "--json");
        Assert.Equal((7, ""), (result.ExitCode, result.Errors));
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(2, json.RootElement.GetProperty("problems").GetArrayLength());

        result = await AltodnsProgram.RunAsync(folder, "explain", "192.0.2.1", "--config", "conf/altodns.yaml");
        Assert.Equal((7, 2), (result.ExitCode, result.ErrorLines.Count));
    }

    private static async Task<CommandResult> ShellAsync(TestFolder folder, string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(AltodnsProgram.Patience);
        return new CommandResult(process.ExitCode, await output, await errors);
    }
}
