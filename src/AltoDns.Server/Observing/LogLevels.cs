// How grave a message has to be to be logged: by what words an operator says it, and the one place where it changes.

using AltoDns.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Observing;

/// <summary>The words for levels.</summary>
public static class LogLevels
{
    private static readonly (string Word, LogLevel Level)[] Words =
    [
        ("debug", LogLevel.Debug),
        ("information", LogLevel.Information),
        ("warning", LogLevel.Warning),
        ("error", LogLevel.Error),
        ("critical", LogLevel.Critical),
    ];

    public static ValueKind<LogLevel> Kind { get; } = ValueKinds.Word("a level of logging", Words);

    public static string WordFor(LogLevel level) => Array.Find(Words, word => word.Level == level).Word ?? "information";
}

/// <summary>The level that holds now. Safe for any number of threads.</summary>
public sealed class LogLevelSwitch(LogLevel level)
{
    private volatile LogLevel _level = level;

    public LogLevel Level
    {
        get => _level;
        set => _level = value;
    }

    /// <summary>Whether a message is to be logged. The host's own messages are, from warnings on.</summary>
    public bool Passes(string? category, LogLevel level) =>
        level >= _level && (level >= LogLevel.Warning || category?.StartsWith("Microsoft", StringComparison.Ordinal) != true);
}
