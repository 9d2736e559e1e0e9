// altodns man and altodns completion: what packages install beside the program, printed by the program itself.

using System.CommandLine;
using AltoDns.Cli.Describing;

namespace AltoDns.Cli.Commands.Configuring;

internal static class DescribingCommands
{
    public static void AddTo(Command root)
    {
        var man = new Command("man", "Print the manual page, altodns.1.");
        man.SetAction(_ => Print(ManualPage.Write(root)));
        root.Add(man);

        var names = string.Join(", ", ShellCompletion.Shells.Keys);
        var shell = new Argument<string>("SHELL") { Description = $"One of {names}." };
        shell.Validators.Add(result =>
        {
            if (!ShellCompletion.Shells.ContainsKey(result.Tokens[0].Value))
            {
                result.AddError($"'{result.Tokens[0].Value}' is not a shell that is known. Write one of {names}.");
            }
        });
        var completion = new Command("completion", "Print the completion of this program for a shell, such as for /usr/share/bash-completion/completions/altodns.") { shell };
        completion.SetAction(result => Print(ShellCompletion.Shells[result.GetRequiredValue(shell)](root)));
        root.Add(completion);
    }

    private static int Print(string text)
    {
        Console.Out.Write(text);
        return ExitCodes.Success;
    }
}
