// What packaging/ installs is right by the judgement of systemd, dpkg and the program itself.

using AltoDns.Benchmarks.Servers;
using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Packaging;

public sealed class UnitTests
{
    private const string ExposureInTenths = "20";

    private static readonly string Folder = Path.Combine(Repository.Path, "packaging");

    [Fact]
    public async Task Systemd_finds_nothing_wrong_with_the_unit()
    {
        // The program is not installed here; any other that is does for the question whether the file is there.
        using var folder = new TemporaryFolder();
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, "altodns.service"), TestContext.Current.CancellationToken);
        var unit = folder.Write("altodns.service", text.Replace("/usr/bin/altodns", ToolRunner.Require("bash"), StringComparison.Ordinal));

        var result = await ToolRunner.RunAsync("systemd-analyze", ["verify", "--man=no", unit]);

        Assert.True(result is { ExitCode: 0, Output: "", Errors: "" }, result.ToString());
    }

    [Fact]
    public async Task The_unit_is_exposed_at_most_2_of_10()
    {
        var result = await ToolRunner.RunAsync(
            "systemd-analyze", ["security", "--offline=yes", $"--threshold={ExposureInTenths}", "--no-pager", Path.Combine(Folder, "altodns.service")]);

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    // Without it the runtime does not start at all under the unit's filter.
    [Fact]
    public async Task The_unit_permits_the_system_call_that_the_runtime_cannot_do_without()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Folder, "altodns.service"), TestContext.Current.CancellationToken);

        Assert.Contains(lines, line => line.StartsWith("SystemCallFilter=", StringComparison.Ordinal) && line.Split(' ', '=').Contains("sched_setaffinity"));
    }

    [Theory]
    [InlineData("build-deb")]
    [InlineData("make-root")]
    [InlineData("remove-root")]
    [InlineData("test-deb")]
    [InlineData("test-packages")]
    [InlineData("test-unit")]
    [InlineData("../docker/test-image")]
    [InlineData("../docker/with-engine")]
    [InlineData("debian/postinst")]
    [InlineData("debian/prerm")]
    [InlineData("debian/postrm")]
    public async Task Scripts_can_be_parsed(string script)
    {
        var result = await ToolRunner.RunAsync("bash", ["-n", Path.Combine(Folder, script)]);

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public async Task The_configuration_that_is_installed_has_no_problem()
    {
        var result = await ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, "check", "--config", Path.Combine(Folder, "altodns.yaml"), "--state", Path.GetTempPath()]);

        Assert.True(result.ExitCode == 0 && result.Output.Contains("0 errors, 0 warnings", StringComparison.Ordinal), result.ToString());
    }
}
