// The socket that PowerDNS connects to, under good and bad treatment.

using System.Net.Sockets;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Server.PowerDns;
using AltoDns.Server.Tests.Support;
using AltoDns.Server.Transfers;
using AltoDns.Testing;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.PowerDns;

public sealed class BackendServerTests : IAsyncDisposable
{
    private const string Lookup = """{"method":"lookup","parameters":{"qname":"example.","qtype":"SOA"}}""" + "\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-powerdns-").FullName;
    private readonly LogRecorder<BackendServer> _log = new();
    private BackendServer? _server;

    [Fact]
    public async Task Answers_pipelined_requests_in_their_order()
    {
        Start();
        using var client = Connect();
        await client.SendAsync(Encoding.ASCII.GetBytes("""{"method":"initialize","parameters":{"path":"x"}}""" + "\n" + Lookup + "\n" + """{"method":"getAllDomains","parameters":{}}""" + "\n"));
        using var reader = Reader(client);

        Assert.Equal("""{"result":true}""", await reader.ReadLineAsync().InTime());
        Assert.StartsWith("""{"result":[{"qtype":"SOA",""", await reader.ReadLineAsync().InTime(), StringComparison.Ordinal);
        Assert.StartsWith("""{"result":[{"id":""", await reader.ReadLineAsync().InTime(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_a_request_that_comes_octet_by_octet()
    {
        Start();
        using var client = Connect();
        foreach (var octet in Encoding.ASCII.GetBytes(Lookup))
        {
            await client.SendAsync(new[] { octet });
        }

        using var reader = Reader(client);
        Assert.StartsWith("""{"result":[""", await reader.ReadLineAsync().InTime(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goes_on_after_garbage_and_logs_it_once()
    {
        Start();
        using var client = Connect();
        await client.SendAsync(Encoding.ASCII.GetBytes("garbage\n\0\u0001\n{\"method\"\n" + Lookup));
        using var reader = Reader(client);
        for (var i = 0; i < 3; i++)
        {
            Assert.StartsWith("""{"result":false,"log":""", await reader.ReadLineAsync().InTime(), StringComparison.Ordinal);
        }

        Assert.StartsWith("""{"result":[""", await reader.ReadLineAsync().InTime(), StringComparison.Ordinal);
        Assert.Single(_log.Entries, entry => entry.Id == 1601);
    }

    [Fact]
    public async Task Closes_the_connection_of_a_request_without_end()
    {
        Start(new PowerDnsOptions(PathOfSocket) { MaxRequest = 1000 });
        using var client = Connect();
        await client.SendAsync(new byte[1000]);
        using var reader = Reader(client);

        Assert.Contains("longer than 1000 octets", await reader.ReadLineAsync().InTime(), StringComparison.Ordinal);
        Assert.Null(await reader.ReadLineAsync().InTime());
    }

    [Fact]
    public async Task Closes_connections_beyond_the_limit_and_answers_the_others()
    {
        Start(new PowerDnsOptions(PathOfSocket) { MaxConnections = 2 });
        using var first = Connect();
        using var second = Connect();
        await Eventually.IsTrue(() => _server!.Connections == 2, "two connections are open");
        using var third = Connect();
        using var thirdReader = Reader(third);
        Assert.Null(await thirdReader.ReadLineAsync().InTime());
        await first.SendAsync(Encoding.ASCII.GetBytes(Lookup));
        using var reader = Reader(first);
        Assert.StartsWith("""{"result":[""", await reader.ReadLineAsync().InTime(), StringComparison.Ordinal);
        first.Shutdown(SocketShutdown.Both);
        await Eventually.IsTrue(() => _server!.Connections == 1, "the first connection is closed");
    }

    [Fact]
    public async Task Takes_the_place_of_what_an_earlier_run_left_and_leaves_nothing()
    {
        await File.WriteAllTextAsync(PathOfSocket, "left behind");
        Start();
        using (var client = Connect())
        {
            Assert.True(client.Connected);
            var mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(PathOfSocket);
            Assert.Equal(OperatingSystem.IsWindows() ? default : UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, mode);
        }

        await _server!.DisposeAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Says_why_there_is_no_socket()
    {
        var server = Make(new PowerDnsOptions(Path.Combine(_folder, "missing", "socket")));

        var fault = Assert.Throws<BackendSocketException>(server.Start);
        Assert.Contains(Path.Combine(_folder, "missing", "socket"), fault.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string PathOfSocket => Path.Combine(_folder, "powerdns.sock");

    private void Start(PowerDnsOptions? options = null)
    {
        _server = Make(options ?? new PowerDnsOptions(PathOfSocket));
        _server.Start();
    }

    private BackendServer Make(PowerDnsOptions options)
    {
        var zone = new ScenarioZone("test", DomainName.Parse("example."), "@ 300 SOA ns hostmaster 1 2 3 4 5\n@ 300 NS ns\nns 300 A 192.0.2.1\n").Load();
        return new BackendServer(new ZoneStore(new ZoneSet([zone])), new TransferOptionsStore(new TransferOptions()), options, TimeProvider.System, _log);
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(PathOfSocket));
        return socket;
    }

    private static StreamReader Reader(Socket socket) => new(new NetworkStream(socket));
}
