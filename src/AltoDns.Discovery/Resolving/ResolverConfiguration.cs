// The resolvers that this machine is set up with.

using System.Net;
using System.Net.NetworkInformation;

namespace AltoDns.Discovery.Resolving;

/// <summary>Reads <c>/etc/resolv.conf</c>; where there is none, asks the network interfaces.</summary>
public static class ResolverConfiguration
{
    private const string DefaultPath = "/etc/resolv.conf";

    // As in resolv.conf(5): three, and the local host where none is named.
    private const int MaxServers = 3;

    /// <summary>The system's resolvers, at least one.</summary>
    public static IReadOnlyList<ResolverAddress> ReadSystem()
    {
        try
        {
            return File.Exists(DefaultPath) ? Parse(File.ReadLines(DefaultPath)) : FromInterfaces();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NetworkInformationException)
        {
            return [ResolverAddress.ForPlain(new IPEndPoint(IPAddress.Loopback, 53))];
        }
    }

    /// <summary>Reads the lines of a resolv.conf. <c>options trust-ad</c> makes all its servers trusted, as glibc takes it.</summary>
    public static IReadOnlyList<ResolverAddress> Parse(IEnumerable<string> lines)
    {
        var servers = new List<ResolverAddress>();
        var trusts = false;
        foreach (var words in lines.Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
        {
            if (words is ["nameserver", var text, ..] && servers.Count < MaxServers && IPAddress.TryParse(text, out var address))
            {
                servers.Add(ResolverAddress.ForPlain(new IPEndPoint(address, 53)));
            }
            else if (words is ["options", .. var options] && options.Contains("trust-ad", StringComparer.Ordinal))
            {
                trusts = true;
            }
        }

        if (servers.Count == 0)
        {
            servers.Add(ResolverAddress.ForPlain(new IPEndPoint(IPAddress.Loopback, 53)));
        }

        return [.. servers.Select(server => server with { IsTrusted = server.IsTrusted || trusts })];
    }

    private static IReadOnlyList<ResolverAddress> FromInterfaces()
    {
        var servers = NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card.OperationalStatus == OperationalStatus.Up)
            .SelectMany(card => card.GetIPProperties().DnsAddresses)
            .Distinct()
            .Take(MaxServers)
            .Select(address => ResolverAddress.ForPlain(new IPEndPoint(address, 53)))
            .ToList();
        return servers.Count > 0 ? servers : [ResolverAddress.ForPlain(new IPEndPoint(IPAddress.Loopback, 53))];
    }
}
