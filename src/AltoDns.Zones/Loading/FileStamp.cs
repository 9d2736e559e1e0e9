// What tells whether a file is the one that was read before.

namespace AltoDns.Zones.Loading;

/// <summary>Modification time and length of a file; the default value for one that is missing.</summary>
internal readonly record struct FileStamp(DateTime ModifiedUtc, long Length)
{
    public static FileStamp Of(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                file = (FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            }

            return file.Exists ? new FileStamp(file.LastWriteTimeUtc, file.Length) : default;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return default;
        }
    }
}

/// <summary>The files that something was made of, as they were before they were read. Immutable.</summary>
/// <remarks>
/// A file is taken for unchanged when its time and length are the same, as other name servers do. Times are as coarse as a file system
/// makes them: a file that was modified shortly before it was read may have been modified after it too, without a new time, so
/// it is read again once it is old enough to tell.
/// </remarks>
internal sealed class FileStamps
{
    // FAT counts two seconds, others whole ones; those with fractions are set by a clock that ticks at least a hundred times a second.
    private static readonly TimeSpan CoarseTick = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FineTick = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, FileStamp> _stamps;
    private readonly DateTime _read;

    private FileStamps(Dictionary<string, FileStamp> stamps, DateTime read)
    {
        _stamps = stamps;
        _read = read;
    }

    /// <summary>Of what is made of no files.</summary>
    public static FileStamps None { get; } = new([], default);

    public IEnumerable<string> Files => _stamps.Keys;

    /// <param name="early">Stamps taken before the files were read; others are taken now.</param>
    /// <param name="readUtc">When reading began.</param>
    public static FileStamps Of(IEnumerable<string> files, IReadOnlyDictionary<string, FileStamp> early, DateTime readUtc) =>
        new(files.Distinct(StringComparer.Ordinal).ToDictionary(
            file => file, file => early.TryGetValue(file, out var stamp) ? stamp : FileStamp.Of(file), StringComparer.Ordinal), readUtc);

    /// <summary>Whether all files are as they were, beyond doubt.</summary>
    public bool AreUnchanged() => _stamps.All(IsUnchanged);

    /// <summary>Whether these files are as they were, beyond doubt.</summary>
    public bool AreUnchanged(IEnumerable<string> files) =>
        files.All(file => _stamps.TryGetValue(file, out var stamp) && IsUnchanged(KeyValuePair.Create(file, stamp)));

    private bool IsUnchanged(KeyValuePair<string, FileStamp> entry)
    {
        var tick = entry.Value.ModifiedUtc.Ticks % TimeSpan.TicksPerSecond == 0 ? CoarseTick : FineTick;
        return entry.Value != default && entry.Value.ModifiedUtc + tick < _read && FileStamp.Of(entry.Key) == entry.Value;
    }
}
