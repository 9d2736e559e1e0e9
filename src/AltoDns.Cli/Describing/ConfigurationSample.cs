// A commented altodns.yaml with every setting, made from the tables.

using System.Text;
using AltoDns.Server.Configuration;

namespace AltoDns.Cli.Describing;

/// <summary>All settings are comments, so that the file is a valid configuration as it is: what is wanted loses its '#'.</summary>
internal static class ConfigurationSample
{
    private const int Width = 100;

    /// <summary>The text of the file.</summary>
    /// <param name="isActive">Whether the settings are to be no comments, each with its example; for tests.</param>
    public static string Write(bool isActive = false)
    {
        var text = new StringBuilder();
        text.Append("# altodns.yaml: the configuration of an AltoDns server. Each setting is shown with an example, or its default.\n");
        text.Append("# Remove the '#' before what you want to set. 'altodns check --config altodns.yaml' finds every mistake.\n");
        text.Append("# Paths are relative to this file. docs/configuration.md is the reference.\n");
        var section = "";
        foreach (var setting in ServerSettings.All)
        {
            var dot = setting.Key.LastIndexOf('.');
            var parent = dot < 0 ? "" : setting.Key[..dot];
            text.Append('\n');
            if (parent.Length > 0 && parent != section)
            {
                text.Append(isActive ? $"{parent}:\n" : $"#{parent}:\n");
            }

            section = parent;
            var indent = parent.Length > 0 ? "  " : "";
            foreach (var line in Wrap($"{setting.Description} {DefaultOf(setting)}", Width - indent.Length - 2))
            {
                text.Append($"{indent}# {line}\n");
            }

            var value = isActive ? setting.Example : setting.Default ?? setting.Example;
            text.Append(isActive ? $"{indent}{setting.Name}: {value}\n" : $"#{indent}{setting.Name}: {value}\n");
        }

        return text.ToString();
    }

    private static string DefaultOf(Setting setting) => setting.Default is not null ? "" : $"Default: {setting.Otherwise}.";

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }
}
