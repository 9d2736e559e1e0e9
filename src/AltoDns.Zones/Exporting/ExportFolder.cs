// A folder of exported zones: what its files are called, and how one is replaced while others read it.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Keys;

namespace AltoDns.Zones.Exporting;

public static class ExportFolder
{
    /// <summary>A whole zone.</summary>
    public const string ZoneExtension = ".zone";

    /// <summary>The ALTO records of a zone.</summary>
    public const string AltoExtension = ".alto";

    private const string DraftExtension = ".new";

    /// <summary>The path of a zone's file: <c>FOLDER/2.0.192.in-addr.arpa.zone</c>. Presentation form keeps control characters out; a slash would be a folder.</summary>
    public static string PathOf(string folder, DomainName origin, string extension) =>
        Path.Combine(folder, (origin.IsRoot ? "root" : origin.ToString().TrimEnd('.').Replace("/", "\\047", StringComparison.Ordinal)) + extension);

    /// <summary>Writes a file beside its place, brings it to the disk and renames it: who reads meanwhile sees the old file or the new one, also after a crash.</summary>
    /// <returns>False where the file had this very content; it is left alone then.</returns>
    /// <exception cref="IOException">The file cannot be written; what was there before is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static bool Replace(string path, Action<TextWriter> write)
    {
        var draft = path + DraftExtension;
        try
        {
            using (var stream = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                using (var output = new StreamWriter(stream, new UTF8Encoding(false), bufferSize: 1 << 16, leaveOpen: true))
                {
                    write(output);
                }

                stream.Flush(flushToDisk: true);
            }

            if (File.Exists(path) && HaveSameContent(draft, path))
            {
                File.Delete(draft);
                return false;
            }

            File.Move(draft, path, overwrite: true);
        }
        catch (IOException)
        {
            // On a full disk what is half written would keep others from writing.
            File.Delete(draft);
            throw;
        }

        PrivateFile.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return true;
    }

    private static bool HaveSameContent(string left, string right)
    {
        using var one = File.OpenRead(left);
        using var other = File.OpenRead(right);
        if (one.Length != other.Length)
        {
            return false;
        }

        var (first, second) = (new byte[1 << 16], new byte[1 << 16]);
        while (true)
        {
            var length = one.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            if (other.ReadAtLeast(second, second.Length, throwOnEndOfStream: false) != length || !first.AsSpan(0, length).SequenceEqual(second.AsSpan(0, length)))
            {
                return false;
            }

            if (length == 0)
            {
                return true;
            }
        }
    }
}
