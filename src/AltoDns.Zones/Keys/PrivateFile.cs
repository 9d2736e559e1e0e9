// Files that only their owner may read, written whole or not at all.

using System.Runtime.InteropServices;

namespace AltoDns.Zones.Keys;

/// <summary>Writes to a temporary file beside the target, flushes it to the disk, then renames it and flushes the folder.</summary>
internal static partial class PrivateFile
{
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    /// <summary>What a file that was not finished is called; it is never read.</summary>
    public const string TemporaryExtension = ".tmp";

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <exception cref="KeyStoreException">The file cannot be written; what was there before is still there.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            var octets = content.ToArray();
            Replace(path, stream => stream.Write(octets));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw KeyStoreException.CannotWrite(path, exception);
        }
    }

    /// <summary>Writes a file of any length.</summary>
    /// <exception cref="IOException">The file cannot be written; what was there before is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Replace(string path, Action<Stream> write)
    {
        var temporary = path + TemporaryExtension;
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode;
        }

        try
        {
            using var stream = new FileStream(temporary, options);
            write(stream);
            stream.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // On a full disk what is half written would keep others from writing.
            File.Delete(temporary);
            throw;
        }

        File.Move(temporary, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes a folder and those above it, where they are missing.</summary>
    /// <exception cref="KeyStoreException">It cannot be made.</exception>
    public static void MakeFolder(string path)
    {
        try
        {
            MakeFolderOrThrow(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw KeyStoreException.CannotWrite(path, exception);
        }
    }

    /// <inheritdoc cref="MakeFolder"/>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static void MakeFolderOrThrow(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, FolderMode);
        }

        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <exception cref="KeyStoreException">Another than its owner may read or change the file or folder.</exception>
    public static void RequirePrivate(string path)
    {
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Others) == 0)
        {
            return;
        }

        var mode = Directory.Exists(path) ? "700" : "600";
        throw new KeyStoreException(
            path,
            $"Others than its owner have access to it (mode {Convert.ToString((int)File.GetUnixFileMode(path), 8)}).",
            $"Run 'chmod {mode} {path}', and roll the key if somebody may have read it.");
    }

    // A rename is durable once its folder is. Where the call fails the data is written all the same, only later.
    internal static void FlushFolder(string path)
    {
        const int ReadOnly = 0;
        if (OperatingSystem.IsWindows() || Open(path, ReadOnly) is not (>= 0 and var folder))
        {
            return;
        }

        _ = Flush(folder);
        _ = Close(folder);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
