// What there is to know of an interface before it is served by XDP.

using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace AltoDns.Server.Listening.Linux.Xdp;

/// <param name="Index">The kernel's number of it.</param>
/// <param name="HardwareAddress">6 octets.</param>
/// <param name="Mtu">Octets of the longest packet.</param>
/// <param name="Queues">Receive queues that it has.</param>
internal sealed record InterfaceFacts(int Index, byte[] HardwareAddress, int Mtu, int Queues)
{
    private const int HardwareAddressLength = 6;
    private const string Folder = "/sys/class/net";

    // The program compares one after the other; what is left out goes through the sockets.
    private const int MaxEndpoints = 256;

    /// <exception cref="XdpException">There is no such interface, or not of Ethernet.</exception>
    public static InterfaceFacts Read(string name)
    {
        var index = (int)XdpNativeMethods.IndexOfInterface(name);
        if (index == 0 || Find(name) is not { } network)
        {
            throw new XdpException("there is no such interface");
        }

        var address = network.GetPhysicalAddress().GetAddressBytes();
        if (address.Length != HardwareAddressLength)
        {
            throw new XdpException("it is not an Ethernet interface");
        }

        try
        {
            return new InterfaceFacts(
                index,
                address,
                int.Parse(File.ReadAllText($"{Folder}/{name}/mtu"), CultureInfo.InvariantCulture),
                Math.Max(1, Directory.GetDirectories($"{Folder}/{name}/queues", "rx-*").Length));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new XdpException($"{Folder}/{name} cannot be read: {exception.Message}");
        }
    }

    /// <summary>
    /// What the interface is to serve. A wildcard stands for the interface's addresses; an address that was named may also
    /// be one of the loopback interface, as that of an anycast service often is. Addresses of other interfaces are left to
    /// the kernel: their queries come by another way, or with a VLAN tag that the hardware has taken off.
    /// </summary>
    public static IReadOnlyList<IPEndPoint> ServedAt(string name, IEnumerable<IPEndPoint> endpoints)
    {
        var own = Find(name) is { } network ? AddressesOf(network) : [];
        var loopback = NetworkInterface.GetAllNetworkInterfaces()
            .Where(other => other.NetworkInterfaceType == NetworkInterfaceType.Loopback)
            .SelectMany(AddressesOf)
            .Where(address => !IPAddress.IsLoopback(address))
            .ToList();
        return
        [
            .. endpoints
                .SelectMany(endpoint => (ListenAddress.IsWildcard(endpoint.Address)
                        ? own.Where(address => address.AddressFamily == endpoint.AddressFamily)
                        : own.Concat(loopback).Where(address => Octets(address).SequenceEqual(Octets(endpoint.Address))))
                    .Select(address => new IPEndPoint(new IPAddress(Octets(address)), endpoint.Port)))
                .Distinct()
                .Take(MaxEndpoints),
        ];
    }

    private static NetworkInterface? Find(string name) =>
        NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(network => string.Equals(network.Name, name, StringComparison.Ordinal));

    private static IEnumerable<IPAddress> AddressesOf(NetworkInterface network) =>
        network.GetIPProperties().UnicastAddresses.Select(unicast => unicast.Address)
            .Where(address => address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6);

    // Without the scope of a link-local address.
    private static byte[] Octets(IPAddress address) => address.GetAddressBytes();
}
