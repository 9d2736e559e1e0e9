// What systemd does for a service with Type=notify and a file descriptor store, as sd_notify(3) and sd_listen_fds(3) describe it.

using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using AltoDns.Harness;
using AltoDns.Server.Handover;

namespace AltoDns.Interop.Tests.Handover;

internal sealed class ServiceManagerStandIn : IDisposable
{
    // Above whatever the test process has open, so that no descriptor is in the way of another.
    private const int LowestCopy = 3000;
    private const int DuplicateFrom = 0;
    private const int FirstPassed = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 50 };
    private readonly string _path;
    private readonly Lock _gate = new();
    private readonly List<(string Name, string File, SafeSocketHandle Handle)> _store = [];
    private readonly List<string> _told = [];
    private readonly Thread _reader;
    private volatile bool _ended;

    public ServiceManagerStandIn(TemporaryFolder folder)
    {
        _path = Path.Combine(folder.Path, "notify");
        _socket.Bind(new UnixDomainSocketEndPoint(_path));
        _reader = new Thread(Read) { IsBackground = true, Name = "service manager" };
        _reader.Start();
    }

    /// <summary>Names of the sockets that are kept.</summary>
    public IReadOnlyList<string> Kept
    {
        get
        {
            lock (_gate)
            {
                return [.. _store.Select(entry => entry.Name)];
            }
        }
    }

    /// <summary>Starts the service with the sockets that are kept.</summary>
    public ServerProcess Start(IEnumerable<string> arguments)
    {
        List<int> copies;
        lock (_gate)
        {
            _told.Clear();
            copies = [.. _store.Select(entry => Control((int)entry.Handle.DangerousGetHandle(), DuplicateFrom, LowestCopy))];
        }

        var script = new StringBuilder("export LISTEN_PID=$$\n");
        for (var i = 0; i < copies.Count; i++)
        {
            script.Append($"exec {FirstPassed + i}<&{copies[i]} {copies[i]}<&-\n");
        }

        (string, string)[] listening = copies.Count == 0 ? [] : [("LISTEN_FDS", $"{copies.Count}")];
        var process = ServerProcess.Start(arguments, script.ToString(), [("NOTIFY_SOCKET", _path), ("WATCHDOG_USEC", "900000"), .. listening]);
        foreach (var copy in copies)
        {
            new SafeSocketHandle(copy, ownsHandle: true).Dispose();
        }

        return process;
    }

    /// <summary>Waits until the service has told something since its start, or since <see cref="Forget"/>.</summary>
    public async Task ToldAsync(string assignment)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            lock (_gate)
            {
                if (_told.Exists(told => told.StartsWith(assignment, StringComparison.Ordinal)))
                {
                    return;
                }

                Assert.False(limit.IsCancellationRequested, $"{assignment} was not told, but: {string.Join(", ", _told)}");
            }

            await Task.Delay(5, CancellationToken.None);
        }
    }

    public void Forget()
    {
        lock (_gate)
        {
            _told.Clear();
        }
    }

    public void Dispose()
    {
        _ended = true;
        _reader.Join();
        _socket.Dispose();
        _store.ForEach(entry => entry.Handle.Dispose());
    }

    private void Read()
    {
        var buffer = new byte[4096];
        while (!_ended)
        {
            var handles = new List<SafeSocketHandle>();
            try
            {
                var length = DescriptorMessage.Receive(_socket, buffer, handles);
                Take(Encoding.UTF8.GetString(buffer, 0, length).Split('\n'), handles);
            }
            catch (IOException)
            {
                // Nothing was told in time.
            }
        }
    }

    private void Take(string[] assignments, List<SafeSocketHandle> handles)
    {
        lock (_gate)
        {
            _told.AddRange(assignments);
            var name = assignments.FirstOrDefault(line => line.StartsWith("FDNAME=", StringComparison.Ordinal))?["FDNAME=".Length..] ?? "stored";
            if (assignments.Contains("FDSTOREREMOVE=1"))
            {
                _store.FindAll(entry => entry.Name == name).ForEach(entry => entry.Handle.Dispose());
                _store.RemoveAll(entry => entry.Name == name);
            }

            foreach (var handle in handles)
            {
                // One that is kept already is not kept twice.
                var file = new FileInfo($"/proc/self/fd/{(int)handle.DangerousGetHandle()}").LinkTarget!;
                if (!assignments.Contains("FDSTORE=1") || _store.Exists(entry => entry.File == file))
                {
                    handle.Dispose();
                }
                else
                {
                    _store.Add((name, file, handle));
                }
            }
        }
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int descriptor, int command, int argument);
}
