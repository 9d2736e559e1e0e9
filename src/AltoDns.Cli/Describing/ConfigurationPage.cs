// The reference page of altodns.yaml: prose from a template, tables from the settings that the program reads by.

using System.Globalization;
using System.Text;
using AltoDns.Cli.Commands;
using AltoDns.Server.Configuration;

namespace AltoDns.Cli.Describing;

internal static class ConfigurationPage
{
    private const string Template = "describing/configuration.md";

    /// <summary>The text of docs/configuration.md.</summary>
    public static string Write()
    {
        using var stream = typeof(ConfigurationPage).Assembly.GetManifestResourceStream(Template)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd()
            .Replace("{{settings}}", Settings(), StringComparison.Ordinal)
            .Replace("{{maps}}", Maps(), StringComparison.Ordinal)
            .Replace("{{exit-codes}}", Codes(), StringComparison.Ordinal);
    }

    private static string Settings()
    {
        var text = new StringBuilder();
        foreach (var group in ServerSettings.All.GroupBy(setting => SectionOf(setting.Key), StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"### {(group.Key.Length == 0 ? "At the top" : $"`{group.Key}`")}\n\n");
            AppendEach(text, group);
        }

        return text.ToString().TrimEnd('\n');
    }

    private static string Maps()
    {
        var text = new StringBuilder();
        foreach (var (title, settings) in MapSettings.All)
        {
            text.Append(CultureInfo.InvariantCulture, $"### {title}: `{SectionOf(settings[0].Key)}`\n\n");
            AppendEach(text, settings);
        }

        return text.ToString().TrimEnd('\n');
    }

    private static void AppendEach(StringBuilder text, IEnumerable<Setting> settings)
    {
        foreach (var setting in settings)
        {
            text.Append(CultureInfo.InvariantCulture, $"**`{setting.Key}`** — {Escape(setting.Description)}\n\n");
            text.Append(CultureInfo.InvariantCulture, $"- value: {Escape(setting.Noun)}, `{setting.Form}`{(setting.Range is null ? "" : $", {setting.Range}")}; such as `{setting.Name}: {setting.Example}`\n");
            text.Append(CultureInfo.InvariantCulture, $"- default: {(setting.Default is { } value ? $"`{value}`" : Escape(setting.Otherwise ?? "none"))}\n");
            var elsewhere = new[] { setting.Option, setting.Variable }.OfType<string>().Select(name => $"`{name}`");
            text.Append(setting.TakesTexts && !char.IsUpper(setting.Key.Split('.')[^1][0]) && ServerSettings.All.Contains(setting) ? $"- also: {string.Join(", ", elsewhere)}\n" : "");
            text.Append(CultureInfo.InvariantCulture, $"- a change: {(setting.IsLive ? "at the next reload" : "at the next start")}; since {setting.Since}\n\n");
        }
    }

    private static string Codes()
    {
        var text = new StringBuilder("| code | meaning |\n|---|---|\n");
        foreach (var (code, meaning) in ExitCodes.Table)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {code} | {meaning} |\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    private static string SectionOf(string key) => key.LastIndexOf('.') is var dot and > 0 ? key[..dot] : "";

    // What Markdown would take for markup.
    private static string Escape(string text) => text.Replace("<", "\\<", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);
}
