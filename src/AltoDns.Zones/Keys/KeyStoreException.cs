// A fault of the state folder, told as every other problem is.

using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Keys;

/// <summary>The state folder or something in it cannot be used. Nothing was changed that is half done.</summary>
public sealed class KeyStoreException(string path, string fault, string remedy, Exception? cause = null)
    : Exception($"{path}: {fault} {remedy}", cause)
{
    public Problem Problem { get; } = new(Severity.Error, new SourcePosition(path, 0, 0), fault, remedy) { Kind = KindOf(cause) };

    private static ProblemKind KindOf(Exception? cause) => cause switch
    {
        UnauthorizedAccessException => ProblemKind.MissingRight,
        IOException exception when DiskSpace.IsExhausted(exception) => ProblemKind.DiskFull,
        _ => ProblemKind.Content,
    };

    internal static KeyStoreException CannotRead(string path, Exception cause) => new(
        path, $"It cannot be read: {PolicyContext.Reason(cause)}.", "Correct its owner or its permissions, or restore it from a backup.", cause);

    internal static KeyStoreException CannotWrite(string path, Exception cause) => new(
        path, $"It cannot be written: {PolicyContext.Reason(cause)}.", "Make room on the disk, or give the program a state folder that it may write (--state).", cause);
}
