// What the README tells a newcomer to type works as it stands there.

using System.Net.Sockets;
using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Readme;

public sealed class ReadmeTests
{
    private const string AltoDnsPrefix = "dotnet run --project src/AltoDns.Cli -c Release -- ";
    private const string ServeCommand = AltoDnsPrefix + "serve";
    private const string TestCommand = "dotnet test AltoDns.sln";
    private const string PublishCommand = "dotnet publish src/AltoDns.Cli -p:PublishProfile=SingleFile";
    private const string DigPrefix = "dig ";
    private const string ShownPort = "-p 5300";

    [Fact]
    public void Shows_only_commands_that_these_tests_run()
    {
        Assert.Contains(ServeCommand, ReadmeCommands.All);
        Assert.Contains(TestCommand, ReadmeCommands.All);
        Assert.All(ReadmeCommands.All, command => Assert.True(
            command is TestCommand or PublishCommand || command.StartsWith(AltoDnsPrefix, StringComparison.Ordinal) || command.StartsWith(DigPrefix, StringComparison.Ordinal),
            command));
    }

    [Fact]
    public async Task Dig_commands_are_answered_by_the_command_that_serves()
    {
        await using var server = await AltoDnsServer.StartSamplesAsync();

        foreach (var command in ReadmeCommands.All.Where(command => command.StartsWith(DigPrefix, StringComparison.Ordinal)))
        {
            Assert.Contains(ShownPort, command, StringComparison.Ordinal);
            if (command.Contains("@::1", StringComparison.Ordinal) && !Socket.OSSupportsIPv6)
            {
                continue;
            }

            var here = command[DigPrefix.Length..].Replace(ShownPort, $"-p {server.Endpoint.Port}", StringComparison.Ordinal);
            var result = await ToolRunner.RunAsync("dig", here.Split(' '));
            Assert.True(result.ExitCode == 0, result.ToString());
            Assert.Contains("https://alto1.isp1.example/ird\nv=ALTOKEY1;".Split('\n'), expected => result.Output.Contains(expected, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Other_altodns_commands_succeed()
    {
        var commands = ReadmeCommands.All.Where(command => command.StartsWith(AltoDnsPrefix, StringComparison.Ordinal) && command is not ServeCommand);

        foreach (var command in commands)
        {
            var result = await ToolRunner.RunAsync("dotnet", command[AltoDnsPrefix.Length..].Split(' ').Prepend(AltoDnsServer.ProgramPath));
            Assert.True(result.ExitCode == 0, result.ToString());
        }
    }

    [Fact]
    public async Task Publish_command_gives_one_working_file_without_a_warning()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(PublishCommand, ReadmeCommands.All);
        string[] arguments = ["publish", Path.Combine(ReadmeCommands.Root, "src", "AltoDns.Cli"), "-p:PublishProfile=SingleFile", $"-p:PublishDir={folder.Path}/"];

        var publish = await ToolRunner.RunAsync("dotnet", arguments, TimeSpan.FromMinutes(10));
        Assert.True(publish.ExitCode == 0, publish.ToString());
        Assert.DoesNotContain("warning", publish.Output, StringComparison.Ordinal);

        var check = await ToolRunner.RunAsync(Path.Combine(folder.Path, "altodns"), ["check"]);
        Assert.True(check.ExitCode == 0, check.ToString());
    }

    [Fact]
    public void Test_command_is_the_one_that_continuous_integration_runs()
    {
        Assert.Contains(TestCommand, File.ReadAllText(Path.Combine(ReadmeCommands.Root, ".ci", "run")), StringComparison.Ordinal);
    }
}
