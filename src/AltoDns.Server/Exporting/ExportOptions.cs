// What an operator says about writing zones as files on each change.

namespace AltoDns.Server.Exporting;

/// <summary>Settings of the export on each change.</summary>
/// <param name="Folder">Where the files are; made where it is missing.</param>
public sealed record ExportOptions(string Folder)
{
    /// <summary>Only the ALTO records, as a file to include and as commands for nsupdate; otherwise whole zones.</summary>
    public bool AltoOnly { get; init; }

    /// <summary>Run after a zone's file was replaced; null for nothing.</summary>
    public HookCommand? Hook { get; init; }

    /// <summary>How long the command may take before it is ended with all that it started.</summary>
    public TimeSpan HookTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Commands that run at a time, each for another zone.</summary>
    public int MaxHooks { get; init; } = 4;
}
