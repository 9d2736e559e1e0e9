// The manual page altodns(1), made from the definitions of the commands.

using System.CommandLine;
using System.Text;
using AltoDns.Cli.Commands;
using AltoDns.Server.Configuration;
using AltoDns.Server.Observing;

namespace AltoDns.Cli.Describing;

internal static class ManualPage
{
    /// <summary>The page in the man macros of groff and mandoc.</summary>
    public static string Write(Command root)
    {
        var page = new StringBuilder();
        page.Append($".TH ALTODNS 1 \"\" \"AltoDns {ProgramVersion.Text}\" \"User Commands\"\n");
        page.Append(".SH NAME\naltodns \\- tell by DNS which ALTO server guides an address\n");
        page.Append(".SH SYNOPSIS\n.B altodns\n.I COMMAND\n[\\fIOPTION\\fR | \\fIARGUMENT\\fR ...]\n");
        page.Append(".SH DESCRIPTION\n");
        foreach (var paragraph in (root.Description ?? "").Split("\n\n"))
        {
            // Lines that are indented stay lines.
            var lines = string.Concat(paragraph.Split('\n').Select(line => $"{Escape(line.Trim())}\n"));
            page.Append(paragraph.StartsWith(' ') ? $".PP\n.nf\n{lines}.fi\n" : $".PP\n{lines}");
        }

        var commands = DescribedCommand.AllOf(root);
        page.Append(".SH OPTIONS\n");
        AppendOptions(page, commands[0]);
        page.Append(".SH COMMANDS\n");
        foreach (var command in commands.Skip(1))
        {
            Append(page, command);
        }

        page.Append(".SH EXIT STATUS\n");
        foreach (var (code, meaning) in ExitCodes.Table)
        {
            page.Append($".TP\n.B {code}\n{Escape(meaning.Replace("`", "", StringComparison.Ordinal))}\n");
        }

        page.Append(".SH ENVIRONMENT\n");
        page.Append($".TP\n.B {EnvironmentSettings.FileVariable}\nThe configuration, as by \\fB\\-\\-config\\fR.\n");
        foreach (var setting in ServerSettings.All.Where(setting => setting.Variable is not null))
        {
            page.Append($".TP\n.B {setting.Variable}\nThe setting {Escape(setting.Key)}. {Escape(setting.Description)}\n");
        }

        page.Append(".SH FILES\n.TP\n.I altodns.yaml\nThe server's configuration; \\fBaltodns config sample\\fR prints one with every setting, ");
        page.Append("\\fBaltodns config reference\\fR says what each means.\n");
        page.Append(".SH SEE ALSO\n.BR dig (1),\n.BR systemd.exec (5),\nRFC 8686, RFC 7286\n");
        return page.ToString();
    }

    private static void Append(StringBuilder page, DescribedCommand described)
    {
        var arguments = string.Concat(described.Command.Arguments.Select(argument => $" {argument.Name}"));
        page.Append($".SS {Escape($"altodns {described.Path}{arguments}")}\n{Escape(described.Command.Description ?? "")}\n");
        foreach (var argument in described.Command.Arguments)
        {
            page.Append($".TP\n.I {Escape(argument.Name)}\n{Escape(argument.Description ?? "")}\n");
        }

        AppendOptions(page, described);
    }

    private static void AppendOptions(StringBuilder page, DescribedCommand described)
    {
        foreach (var option in described.Options)
        {
            var names = string.Join(", ", DescribedCommand.NamesOf(option).Select(name => $"\\fB{Escape(name)}\\fR"));
            page.Append($".TP\n{names}{(option.HelpName is { } form ? $" \\fI{Escape(form)}\\fR" : "")}\n{Escape(option.Description ?? "")}\n");
        }
    }

    // What the formatter would take for its own: backslashes, hyphens, and a dot or quote that begins a line.
    private static string Escape(string text)
    {
        var escaped = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace('\n', ' ');
        escaped = string.Concat(escaped.Select(character => char.IsAscii(character) ? character.ToString() : $"\\[u{(int)character:X4}]"));
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? "\\&" + escaped : escaped;
    }
}
