// A database of the state folder that does not do what it is asked for.

namespace AltoDns.Zones.State;

/// <param name="isDamage">Whether the file itself is not what it should be, so that trying again is of no use.</param>
public sealed class StateDatabaseException(string path, string reason, bool isDamage) : Exception($"{path}: {reason}.")
{
    /// <summary>The database's file.</summary>
    public string DatabasePath { get; } = path;

    /// <summary>In SQLite's words, without a full stop.</summary>
    public string Reason { get; } = reason;

    public bool IsDamage { get; } = isDamage;
}
