// Options of the command line made from the table of settings, so that both say and take the same.

using System.CommandLine;
using AltoDns.Server.Configuration;
using AltoDns.Zones.Configuration;

namespace AltoDns.Cli.Commands;

/// <param name="settings">Those with a name on the command line.</param>
internal sealed class SettingOptions(params IEnumerable<Setting> settings)
{
    private readonly List<(Setting Setting, Option Option)> _options = [.. settings.Select(setting => (setting, Create(setting)))];

    /// <summary>All settings that have an option, but for those that other options of serve stand for.</summary>
    public static IEnumerable<Setting> All => ServerSettings.All.Where(setting => setting.Option is not null);

    public void AddTo(Command command) => _options.ForEach(entry => command.Options.Add(entry.Option));

    /// <summary>What the command line sets.</summary>
    public void Read(ParseResult result, Dictionary<Setting, SettingValue> values)
    {
        foreach (var (setting, option) in _options)
        {
            if (result.GetResult(option) is not { Implicit: false } given)
            {
                continue;
            }

            IReadOnlyList<string> texts = setting.IsFlag ? [result.GetValue((Option<bool>)option) ? "true" : "false"] : [.. given.Tokens.Select(token => token.Value)];
            Add(values, setting, texts);
        }
    }

    /// <summary>Adds what an option says whose texts have been checked.</summary>
    public static void Add(Dictionary<Setting, SettingValue> values, Setting setting, IReadOnlyList<string> texts)
    {
        var value = setting.Parse(texts, "", mistake => throw new FormatException(mistake.ToString()));
        values[setting] = new SettingValue(value!, new SourcePosition(setting.Option ?? "the command line", 0, 0), string.Join(' ', texts));
    }

    private static Option Create(Setting setting)
    {
        var aliases = setting.OptionAliases.ToArray();
        var description = Describe(setting);
        if (setting.IsFlag)
        {
            return new Option<bool>(setting.Option!, aliases) { Description = description };
        }

        var option = new Option<string[]>(setting.Option!, aliases) { Description = description, HelpName = setting.Form };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                setting.Parse([token.Value], "", mistake => result.AddError(mistake.ToString()));
            }
        });
        return option;
    }

    private static string Describe(Setting setting)
    {
        var repeat = setting.IsList ? " May be repeated." : "";
        return setting.IsFlag ? setting.Description : $"{setting.Description}{repeat} Default: {(setting.Default ?? setting.Otherwise)?.Trim('[', ']')}.";
    }
}
