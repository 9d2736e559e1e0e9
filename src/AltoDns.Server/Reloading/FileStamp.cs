// What tells that a file or a folder has changed without reading it.

namespace AltoDns.Server.Reloading;

/// <summary>Modification time and length of a file; the names in a folder. The default value is that of something missing.</summary>
internal readonly record struct FileStamp(DateTime ModifiedUtc, long Content)
{
    /// <summary>Looks at the path now; links are followed. What cannot be looked at counts as missing.</summary>
    public static FileStamp Of(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                return new FileStamp(DateTime.UnixEpoch, Names(path));
            }

            var file = new FileInfo(path);
            if (file.Exists && file.Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                file = (FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            }

            return file.Exists ? new FileStamp(file.LastWriteTimeUtc, file.Length) : default;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    // Independent of order, and without the files that editors keep beside the one they edit.
    private static long Names(string folder) => Directory.EnumerateFileSystemEntries(folder)
        .Select(Path.GetFileName)
        .Where(name => !name!.StartsWith('.') && !name.EndsWith('~'))
        .Aggregate(1L, (sum, name) => sum + HashCode.Combine(name));
}
