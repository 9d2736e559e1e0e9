// What the readers of all sections of one policy share: its name, its problems, and the files beside it.

using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

/// <summary>Opens a file for reading; the path is relative to the working directory or absolute.</summary>
/// <exception cref="IOException">The file cannot be read.</exception>
/// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
public delegate Stream FileOpener(string path);

/// <summary>One policy while it is read.</summary>
internal sealed class PolicyContext(string file, FileOpener open, ProblemList problems)
{
    // Nothing that a policy names is larger: it is a key or a certificate.
    private const int MaxSmallFile = 1 << 20;

    public string File { get; } = file;

    public ProblemList Problems { get; } = problems;

    public void Error(SourcePosition position, string fault, string remedy) => Problems.Error(position, fault, remedy);

    /// <summary>A path as the policy has it, relative to the policy's folder, made relative to the working directory.</summary>
    public string Resolve(string path) => Path.Combine(Path.GetDirectoryName(File) ?? "", path);

    /// <summary>Whether the file that a value names can be read; if not, notes it.</summary>
    public bool CanRead(YamlScalar path, string what)
    {
        try
        {
            open(Resolve(path.Text)).Dispose();
            return true;
        }
        catch (Exception exception) when (IsFileFault(exception))
        {
            ReportUnreadable(path, what, exception);
            return false;
        }
    }

    /// <summary>The octets of a small file that a value names; null, with the problem noted, where it cannot be read.</summary>
    public byte[]? ReadSmallFile(YamlScalar path, string what)
    {
        try
        {
            using var stream = open(Resolve(path.Text));
            var buffer = new byte[MaxSmallFile + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length <= MaxSmallFile)
            {
                return buffer[..length];
            }

            Error(path.Position, $"The {what} {path.Text} is larger than 1 MiB.", "Name another file.");
        }
        catch (Exception exception) when (IsFileFault(exception))
        {
            ReportUnreadable(path, what, exception);
        }

        return null;
    }

    /// <summary>Opens a real file; a folder is no file.</summary>
    public static Stream OpenFile(string path) => Directory.Exists(path)
        ? throw new IOException("it is a folder")
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    public static bool IsFileFault(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    /// <summary>Why a file cannot be read, as the end of a sentence.</summary>
    public static string Reason(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException => "permission is denied",
        PathTooLongException => "the path is too long",
        ArgumentException or NotSupportedException => "this is no path",
        _ => exception.Message.TrimEnd('.'),
    };

    private void ReportUnreadable(YamlScalar path, string what, Exception exception) => Error(
        path.Position,
        $"The {what} {Resolve(path.Text)} cannot be read: {Reason(exception)}.",
        "Correct the path, which is relative to this file, or the permissions.");
}
