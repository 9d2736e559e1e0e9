// One row of a table of settings: its name, what may stand there, and what an operator is told about it.

using AltoDns.Zones.Configuration;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Server.Configuration;

/// <summary>What is wrong with a value and what to write, each a sentence or two.</summary>
public readonly record struct Mistake(string Fault, string Remedy)
{
    public override string ToString() => $"{Fault} {Remedy}";
}

/// <summary>
/// A setting of <c>altodns.yaml</c>. The row is all there is to say about it: the validator, the environment, the command line, the
/// sample and the reference page go by it.
/// </summary>
/// <param name="key">Its path in the file, such as <c>udp.workers</c>. A part in capitals stands for a name that the operator chooses.</param>
/// <param name="noun">What belongs there, with its article: <c>a number of UDP threads</c>.</param>
/// <param name="form">What is written there, in short: <c>N</c>.</param>
public abstract class Setting(string key, string noun, string form)
{
    public string Key { get; } = key;

    public string Noun { get; } = noun;

    public string Form { get; } = form;

    /// <summary>The last part of the key.</summary>
    public string Name { get; } = key[(key.LastIndexOf('.') + 1)..];

    /// <summary>Sentences for operators, also the help of the option.</summary>
    public required string Description { get; init; }

    /// <summary>A value as it may stand in a file.</summary>
    public required string Example { get; init; }

    /// <summary>The value where nobody sets one, as it would stand in a file; null where none can be written.</summary>
    public string? Default { get; init; }

    /// <summary>In words what happens where nobody sets it and there is no <see cref="Default"/>.</summary>
    public string? Otherwise { get; init; }

    /// <summary>The values that are taken; null where the form says it.</summary>
    public virtual string? Range => null;

    /// <summary>The version that knew it first.</summary>
    public string Since { get; init; } = "0.1.0";

    /// <summary>Whether a running server follows a change; others take effect at its next start.</summary>
    public bool IsLive { get; init; }

    /// <summary>Whether its value is not to be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The option of the command line that sets it, such as <c>--udp-workers</c>; null for none.</summary>
    public string? Option { get; init; }

    /// <summary>Other names of the option.</summary>
    public IReadOnlyList<string> OptionAliases { get; init; } = [];

    /// <summary>Whether it takes several values: a list in a file, an option that is repeated, words in the environment.</summary>
    public virtual bool IsList => false;

    /// <summary>What parts the values in the environment; white space where there is none.</summary>
    public virtual char? Separator => null;

    /// <summary>Whether it is on or off.</summary>
    public virtual bool IsFlag => false;

    /// <summary>Whether texts can say it; what is a map cannot be set outside of a file.</summary>
    public virtual bool TakesTexts => true;

    /// <summary>The environment variable that sets it, such as <c>ALTODNS_UDP_WORKERS</c>; null for none.</summary>
    public string? Variable => TakesTexts ? EnvironmentSettings.Prefix + Key.Replace('.', '_').Replace('-', '_').ToUpperInvariant() : null;

    /// <summary>Reads the value of texts; null, each mistake having been told, where any of them is wrong.</summary>
    /// <param name="folder">What relative paths are relative to; empty for the working directory.</param>
    public abstract object? Parse(IReadOnlyList<string> texts, string folder, Action<Mistake> tell);

    /// <summary>Reads the value that stands in a file; null, with the problem noted, where it is wrong.</summary>
    internal virtual SettingValue? Read(YamlNode node, SettingPlace place)
    {
        var texts = TextsOf(node, place.Problems);
        var value = texts is null ? null : ParseEach(texts, place);
        return value is null ? null : new SettingValue(value, node.Position, string.Join(' ', texts!.Select(text => text.Text)));
    }

    /// <summary>What to tell who wrote another kind of node.</summary>
    private protected NodeShape Shape => new($"'{Key}'", Noun, $"{Name}: {Example}");

    /// <summary>The texts of a node; null, with the problem noted, where it has another shape.</summary>
    private protected abstract IReadOnlyList<YamlScalar>? TextsOf(YamlNode node, ProblemList problems);

    // One by one, so that a mistake has its own place.
    private object? ParseEach(IReadOnlyList<YamlScalar> texts, SettingPlace place)
    {
        var isRight = true;
        foreach (var text in texts)
        {
            isRight &= Parse([text.Text], place.Folder, mistake => place.Problems.Error(text.Position, mistake.Fault, mistake.Remedy)) is not null;
        }

        return isRight ? Parse([.. texts.Select(text => text.Text)], place.Folder, _ => { }) : null;
    }
}

/// <typeparam name="T">What its value is.</typeparam>
public abstract class Setting<T>(string key, string noun, string form) : Setting(key, noun, form);

/// <summary>A setting with one value.</summary>
public sealed class SingleSetting<T>(string key, ValueKind<T> kind) : Setting<T>(key, kind.Noun, kind.Form)
    where T : notnull
{
    public override string? Range => kind.Range;

    public override bool IsFlag => typeof(T) == typeof(bool);

    public override object? Parse(IReadOnlyList<string> texts, string folder, Action<Mistake> tell)
    {
        if (kind.Parse(texts[^1], folder, out var value) is not { } mistake)
        {
            return value;
        }

        tell(mistake);
        return null;
    }

    private protected override IReadOnlyList<YamlScalar>? TextsOf(YamlNode node, ProblemList problems) =>
        kind.MayBeEmpty && node is YamlScalar { IsNull: false } empty ? [empty]
        : Shape.TryReadText(node, problems, out var text) ? [text]
        : null;
}

/// <summary>A setting with any number of values.</summary>
public sealed class ListSetting<T>(string key, string noun, ValueKind<T> kind) : Setting<IReadOnlyList<T>>(key, noun, kind.Form)
{
    public override bool IsList => true;

    public override string? Range => kind.Range;

    public override object? Parse(IReadOnlyList<string> texts, string folder, Action<Mistake> tell)
    {
        var values = new List<T>(texts.Count);
        foreach (var text in texts)
        {
            if (kind.Parse(text, folder, out var value) is { } mistake)
            {
                tell(mistake);
            }
            else
            {
                values.Add(value);
            }
        }

        return values.Count == texts.Count ? values : null;
    }

    private protected override IReadOnlyList<YamlScalar>? TextsOf(YamlNode node, ProblemList problems)
    {
        var texts = Shape.ReadTexts(node, problems).ToList();
        return texts.Count == NodeShape.Items(node).Count ? texts : null;
    }
}

/// <summary>A setting that is a map or holds maps: what it says is read later, when all settings are known.</summary>
public sealed class MapSetting(string key, string noun, string form) : Setting(key, noun, form)
{
    public override bool TakesTexts => false;

    public override object? Parse(IReadOnlyList<string> texts, string folder, Action<Mistake> tell) =>
        throw new InvalidOperationException($"'{Key}' is no text.");

    internal override SettingValue? Read(YamlNode node, SettingPlace place) => new(node, node.Position, "");

    private protected override IReadOnlyList<YamlScalar>? TextsOf(YamlNode node, ProblemList problems) => null;
}

/// <summary>A list that texts can say in part: what a text cannot say is a map in the file.</summary>
/// <param name="findMistake">What is wrong with a text; null where nothing is.</param>
public sealed class RuleSetting(string key, string noun, string form, Func<string, Mistake?> findMistake) : Setting(key, noun, form)
{
    public override bool IsList => true;

    public override bool TakesTexts => Option is not null;

    // White space stands within a value: 192.0.2.53 key NAME.
    public override char? Separator => ',';

    public override object? Parse(IReadOnlyList<string> texts, string folder, Action<Mistake> tell)
    {
        var position = new SourcePosition(Option ?? Key, 0, 0);
        var isRight = true;
        foreach (var text in texts)
        {
            if (findMistake(text) is { } mistake)
            {
                isRight = false;
                tell(mistake);
            }
        }

        return isRight ? new YamlList(position, [.. texts.Select(text => new YamlScalar(position, text, isPlain: false))]) : null;
    }

    internal override SettingValue? Read(YamlNode node, SettingPlace place) => new(node, node.Position, "");

    private protected override IReadOnlyList<YamlScalar>? TextsOf(YamlNode node, ProblemList problems) => null;
}

/// <summary>Where a value is read: what its paths are relative to, and where its problems go.</summary>
internal sealed record SettingPlace(string Folder, ProblemList Problems);
