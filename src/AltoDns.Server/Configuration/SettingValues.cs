// What was set, by whom, and what wins where several set the same.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Zones.Configuration;

namespace AltoDns.Server.Configuration;

/// <param name="Value">Of the setting's type.</param>
/// <param name="Position">Where it was set: in a file, or the name of an option or variable.</param>
/// <param name="Text">As it was written; empty for maps.</param>
public sealed record SettingValue(object Value, SourcePosition Position, string Text);

/// <summary>Values by setting. Immutable.</summary>
public sealed class SettingValues
{
    private readonly IReadOnlyDictionary<Setting, SettingValue> _values;

    public SettingValues(IReadOnlyDictionary<Setting, SettingValue> values) => _values = values;

    public static SettingValues None { get; } = new(new Dictionary<Setting, SettingValue>());

    /// <summary>The settings that have a value.</summary>
    public IEnumerable<Setting> Set => _values.Keys;

    /// <summary>The values of several sources together; of those that set the same, the first wins with all of its value.</summary>
    public static SettingValues Combine(params ReadOnlySpan<SettingValues> strongestFirst)
    {
        var values = new Dictionary<Setting, SettingValue>();
        foreach (var layer in strongestFirst)
        {
            foreach (var (setting, value) in layer._values)
            {
                values.TryAdd(setting, value);
            }
        }

        return new SettingValues(values);
    }

    /// <summary>What was set and where; null where nobody did.</summary>
    public SettingValue? Find(Setting setting) => _values.GetValueOrDefault(setting);

    public bool TryGet<T>(Setting<T> setting, [MaybeNullWhen(false)] out T value)
    {
        var found = _values.GetValueOrDefault(setting);
        value = found is null ? default : (T)found.Value;
        return found is not null;
    }

    /// <param name="otherwise">The value where nobody set one.</param>
    public T Get<T>(Setting<T> setting, T otherwise) => TryGet(setting, out var value) ? value : otherwise;

    /// <summary>The settings whose values differ.</summary>
    public IEnumerable<Setting> Differences(SettingValues other) =>
        _values.Keys.Union(other._values.Keys).Where(setting => Find(setting)?.Text != other.Find(setting)?.Text);
}
