// A socket in the file system that nobody but its owner may connect to.

using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace AltoDns.Server.Control;

/// <summary>
/// The socket gets its mode before its name, and its name by renaming: at no moment may others connect, and a server that takes
/// over from another one replaces that one's socket without a gap.
/// </summary>
internal sealed class ControlSocket : IDisposable
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;
    private const int Backlog = 16;

    // sun_path of Linux without the zero at its end, less the draft's extension.
    private const int MaxPathLength = 107;

    private readonly string _path;
    private readonly bool _madeFolder;

    private ControlSocket(Socket socket, string path, bool madeFolder)
    {
        Socket = socket;
        _path = path;
        _madeFolder = madeFolder;
    }

    public Socket Socket { get; }

    /// <exception cref="IOException">The socket cannot be made.</exception>
    /// <exception cref="SocketException">The socket cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static ControlSocket Bind(string path)
    {
        var draft = $"{path}.{Environment.ProcessId}";
        if (System.Text.Encoding.UTF8.GetByteCount(draft) > MaxPathLength)
        {
            throw new IOException($"the path is longer than {MaxPathLength - (draft.Length - path.Length)} octets");
        }

        var madeFolder = MakeFolder(Path.GetDirectoryName(path));
        File.Delete(draft);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // Linux makes the file with the mode of the socket.
                using var handle = new SafeFileHandle(socket.Handle, ownsHandle: false);
                File.SetUnixFileMode(handle, FileMode);
            }

            socket.Bind(new UnixDomainSocketEndPoint(draft));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(draft, FileMode);
            }

            socket.Listen(Backlog);
            File.Move(draft, path, overwrite: true);
            return new ControlSocket(socket, path, madeFolder);
        }
        catch
        {
            socket.Dispose();
            File.Delete(draft);
            throw;
        }
    }

    /// <summary>Closes the socket and removes its file, unless another server has put its own in the place.</summary>
    public void Dispose()
    {
        Socket.Dispose();
        try
        {
            if (!IsAnswered())
            {
                File.Delete(_path);
                if (_madeFolder && !Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_path)!).Any())
                {
                    Directory.Delete(Path.GetDirectoryName(_path)!);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What is left there is replaced by the next server.
        }
    }

    private bool IsAnswered()
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(_path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool MakeFolder(string? folder)
    {
        if (string.IsNullOrEmpty(folder) || Directory.Exists(folder))
        {
            return false;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, FolderMode);
        }

        return true;
    }
}
