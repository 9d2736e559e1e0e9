// Unbound (NLnet Labs) as a recursive resolver over zones on loopback: no other traffic, everything it writes in its own folder.

using System.Net;
using System.Net.Sockets;
using System.Text;
using AltoDns.Protocol.Names;

namespace AltoDns.Harness;

/// <param name="Zone">The apex.</param>
/// <param name="Server">Who has it.</param>
public sealed record StubZone(DomainName Zone, IPEndPoint Server);

public static class UnboundServer
{
    public const string Name = "Unbound";

    // Answered from the configuration, so that being ready can be asked for without any recursion.
    private static readonly ServedZone Ready = new(DomainName.Parse("ready.invalid."), "");

    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Starts it over stub zones. One of them is the root, or names outside them fail.</summary>
    /// <param name="extra">More lines for its server section.</param>
    /// <param name="trustAnchors">DS or DNSKEY records of zones that it validates from; none: it does not validate.</param>
    /// <param name="controlSocket">Where it takes commands, a path for a Unix socket; null: nowhere.</param>
    public static Task<RunningServer> StartAsync(
        IReadOnlyList<StubZone> stubs, IReadOnlyList<string> trustAnchors, string extra = "", string? controlSocket = null) => RunningServer.StartAsync(
        new ServerRecipe(Name, ToolRunner.Require("unbound"), (folder, port) => ["-d", "-c", Configure(folder, port, stubs, trustAnchors, extra, controlSocket)]),
        [Ready],
        LoadTimeout);

    /// <summary>Has it carry out a command of unbound-control(8).</summary>
    /// <param name="controlSocket">As given to <see cref="StartAsync"/>.</param>
    /// <exception cref="InvalidOperationException">It did not do so.</exception>
    public static async Task ControlAsync(string controlSocket, string command)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(controlSocket));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"UBCT1 {command}\n"));
        using var reader = new StreamReader(stream);
        if (await reader.ReadToEndAsync() is var answer && !answer.StartsWith("ok", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"unbound said of {command}: {answer}");
        }
    }

    private static string Configure(
        TemporaryFolder folder, int port, IReadOnlyList<StubZone> stubs, IReadOnlyList<string> trustAnchors, string extra, string? controlSocket)
    {
        var text = new StringBuilder($"""
            server:
              interface: 127.0.0.1@{port}
              port: {port}
              do-ip6: no
              num-threads: 1
              username: ""
              chroot: ""
              directory: "{folder.Path}"
              pidfile: "{folder.Path}/unbound.pid"
              use-syslog: no
              logfile: ""
              access-control: 127.0.0.0/8 allow
              do-not-query-localhost: no
              module-config: "{(trustAnchors.Count > 0 ? "validator " : "")}iterator"
              unblock-lan-zones: yes
              infra-cache-min-rtt: 200
              local-zone: "ready.invalid." static
              local-data: "ready.invalid. 3600 IN SOA . . 1 3600 600 86400 300"

            """);
        text.Append(extra);
        foreach (var anchor in trustAnchors)
        {
            text.Append($"  trust-anchor: \"{anchor}\"\n");
        }

        // Documentation space and the like are answered locally unless it is told otherwise.
        foreach (var stub in stubs.Where(stub => !stub.Zone.IsRoot))
        {
            text.Append($"  local-zone: \"{stub.Zone}\" nodefault\n");
        }

        text.Append(controlSocket is null
            ? "remote-control:\n  control-enable: no\n"
            : $"remote-control:\n  control-enable: yes\n  control-interface: {controlSocket}\n  control-use-cert: no\n");
        foreach (var stub in stubs)
        {
            text.Append($"stub-zone:\n  name: \"{stub.Zone}\"\n  stub-addr: {stub.Server.Address}@{stub.Server.Port}\n  stub-prime: no\n");
        }

        return folder.Write("unbound.conf", text.ToString());
    }
}
