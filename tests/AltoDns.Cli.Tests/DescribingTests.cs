// The manual page and the shells' completion have every command and option, in a form that their readers take.

using System.CommandLine;
using System.Diagnostics;
using AltoDns.Cli.Commands;
using AltoDns.Cli.Commands.Configuring;
using AltoDns.Cli.Commands.Control;
using AltoDns.Cli.Commands.Keys;
using AltoDns.Cli.Describing;
using AltoDns.Cli.Tests.Support;

namespace AltoDns.Cli.Tests;

public sealed class DescribingTests
{
    private static readonly IReadOnlyList<string> Written = [ManualPage.Write(Root()), .. ShellCompletion.Shells.Values.Select(write => write(Root()))];

    [Fact]
    public void Every_command_and_option_is_described()
    {
        var commands = DescribedCommand.AllOf(Root());

        Assert.True(commands.Count > 15);
        Assert.All(commands.Where(command => command.Path.Length > 0), command =>
        {
            Assert.EndsWith(".", command.Command.Description, StringComparison.Ordinal);
            Assert.Contains($".SS altodns {command.Path}".Replace("-", "\\-", StringComparison.Ordinal), Written[0], StringComparison.Ordinal);
            Assert.All(Written.Skip(1), text => Assert.Contains(command.Path.Split(' ')[^1], text, StringComparison.Ordinal));
        });
        Assert.All(commands.SelectMany(command => command.Options), option =>
        {
            Assert.NotEmpty(option.Description!);
            Assert.Contains(option.Name.Replace("-", "\\-", StringComparison.Ordinal), Written[0], StringComparison.Ordinal);
            Assert.All(Written.Skip(1), text => Assert.Contains(option.Name.TrimStart('-'), text, StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData("ser", "serve")]
    [InlineData("keys li", "list")]
    [InlineData("serve --udp-w", "--udp-workers")]
    [InlineData("status --js", "--json")]
    [InlineData("serve isp.yaml --show", "--show-version")]
    public async Task Bash_completes(string words, string expected)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash.");
        using var folder = new TestFolder();
        folder.Write("completion", (await AltodnsProgram.RunAsync(null, "completion", "bash")).Output);

        var script = $"source completion; COMP_WORDS=(altodns {words}); COMP_CWORD={words.Split(' ').Length}; _altodns; echo \"${{COMPREPLY[@]}}\"";
        Assert.Equal(expected, (await RunAsync(folder, "/bin/bash", "-c", script)).Trim());
    }

    [Fact]
    public async Task Manual_page_is_right_for_groff()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/groff"), "There is no groff.");
        using var folder = new TestFolder();
        folder.Write("altodns.1", (await AltodnsProgram.RunAsync(null, "man")).Output);

        Assert.Equal("", await RunAsync(folder, "/bin/sh", "-c", "groff -man -Tutf8 -ww -z altodns.1 2>&1"));
    }

    private static RootCommand Root()
    {
        var root = new RootCommand("AltoDns.")
        {
            ServeCommand.Create(),
            StatusCommand.Create(),
            ReloadCommand.Create(),
            ZoneCommand.Create(),
            StatsCommand.Create(),
            LogLevelCommand.Create(),
            ConfigCommand.Create(),
            CheckCommand.Create(),
            ExplainCommand.Create(),
            ExportCommand.Create(),
            KeysCommand.Create(),
            CoverageCommand.Create(),
            DiscoverCommand.Create(),
        };
        DescribingCommands.AddTo(root);
        return root;
    }

    private static async Task<string> RunAsync(TestFolder folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, WorkingDirectory = folder.Path })!;
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(AltodnsProgram.Patience);
        await process.WaitForExitAsync().WaitAsync(AltodnsProgram.Patience);
        return output;
    }
}
