// Settings from environment variables: ALTODNS_UDP_WORKERS for udp.workers.

using System.Collections;
using AltoDns.Zones.Configuration;

namespace AltoDns.Server.Configuration;

public static class EnvironmentSettings
{
    /// <summary>What all variables start with.</summary>
    public const string Prefix = "ALTODNS_";

    /// <summary>The variable that names the configuration's file.</summary>
    public const string FileVariable = Prefix + "CONFIG";

    /// <summary>Reads the variables that are settings; an empty one counts as not set. Lists are words with white space between them, or with commas where a value may have several words.</summary>
    /// <param name="variables">As <see cref="Environment.GetEnvironmentVariables()"/> returns them.</param>
    public static SettingValues Read(IDictionary variables, ProblemList problems)
    {
        var values = new Dictionary<Setting, SettingValue>();
        foreach (var setting in ServerSettings.All.Where(setting => setting.Variable is not null))
        {
            if (variables[setting.Variable!] is not string { Length: > 0 } text)
            {
                continue;
            }

            var position = new SourcePosition(setting.Variable!, 0, 0);
            IReadOnlyList<string> texts = setting.IsList ? Split(text, setting.Separator) : [text];
            if (setting.Parse(texts, "", mistake => problems.Error(position, mistake.Fault, mistake.Remedy)) is { } value)
            {
                values.Add(setting, new SettingValue(value, position, string.Join(' ', texts)));
            }
        }

        WarnOfMisspelt(variables, problems);
        return new SettingValues(values);
    }

    private static string[] Split(string text, char? separator) =>
        text.Split(separator is { } mark ? [mark] : null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // Other programs may have variables of the same beginning, so only what comes close to a setting is taken for one.
    private static void WarnOfMisspelt(IDictionary variables, ProblemList problems)
    {
        List<string>? known = null;
        foreach (var name in variables.Keys.OfType<string>().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            known ??= [.. ServerSettings.All.Select(setting => setting.Variable).OfType<string>().Append(FileVariable).Select(known => known[Prefix.Length..])];
            var word = name[Prefix.Length..];
            if (!known.Contains(word, StringComparer.Ordinal) && Spelling.Closest(word, known) is { } closest)
            {
                problems.Warn(new SourcePosition(name, 0, 0), "This variable is no setting.", $"Did you mean {Prefix}{closest}?");
            }
        }
    }
}
