// Two network namespaces joined by a virtual Ethernet cable: a server's machine and a client's, as far as packets can tell.

using System.Net;

namespace AltoDns.Harness.Network;

/// <summary>Needs root and iproute2.</summary>
public sealed class VethPair : IAsyncDisposable
{
    /// <summary>The server's end of the cable, in its namespace.</summary>
    public const string ServerInterface = "veth-server";

    /// <summary>The client's end of the cable, in its namespace.</summary>
    public const string ClientInterface = "veth-client";

    private VethPair(NetworkNamespace server, NetworkNamespace client)
    {
        Server = server;
        Client = client;
    }

    public static IPAddress ServerAddress { get; } = IPAddress.Parse("10.77.0.1");

    public static IPAddress ClientAddress { get; } = IPAddress.Parse("10.77.0.2");

    public static IPAddress ServerAddressV6 { get; } = IPAddress.Parse("fd77::1");

    public static IPAddress ClientAddressV6 { get; } = IPAddress.Parse("fd77::2");

    public NetworkNamespace Server { get; }

    public NetworkNamespace Client { get; }

    /// <summary>Makes a pair with an IPv4 and an IPv6 address at each end. Skips the running test where iproute2 or the right is missing; see <see cref="ToolRunner.Require"/>.</summary>
    public static async Task<VethPair> CreateAsync()
    {
        var server = await NetworkNamespace.CreateAsync();
        NetworkNamespace? client = null;
        try
        {
            client = await NetworkNamespace.CreateAsync();
            await NetworkNamespace.IpAsync(
                "link", "add", "name", ServerInterface, "netns", server.Name, "type", "veth", "peer", "name", ClientInterface, "netns", client.Name);
            await SetUpAsync(server, ServerInterface, ServerAddress, ServerAddressV6);
            await SetUpAsync(client, ClientInterface, ClientAddress, ClientAddressV6);
            return new VethPair(server, client);
        }
        catch
        {
            await server.DisposeAsync();
            await (client?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Client.DisposeAsync();
    }

    private static async Task SetUpAsync(NetworkNamespace network, string name, IPAddress address, IPAddress addressV6)
    {
        await NetworkNamespace.IpAsync("-n", network.Name, "address", "add", $"{address}/24", "dev", name);
        await NetworkNamespace.IpAsync("-n", network.Name, "address", "add", $"{addressV6}/64", "dev", name, "nodad");
        await NetworkNamespace.IpAsync("-n", network.Name, "link", "set", name, "up");
    }
}
