// Clients of scripted servers, quick to give up where a test is about silence.

using AltoDns.Discovery.Resolving;

namespace AltoDns.Discovery.Tests.Support;

internal static class Clients
{
    public static ResolverOptions Options(params ScriptedServer[] servers) => new()
    {
        Servers = [.. servers.Select(server => ResolverAddress.ForPlain(server.Endpoint))],
        Deadline = TimeSpan.FromSeconds(20),
    };

    /// <summary>Gives up after a tenth of a second, three times.</summary>
    public static ResolverOptions Impatient(params ScriptedServer[] servers) => Options(servers) with
    {
        FirstTimeout = TimeSpan.FromMilliseconds(100),
        AttemptsPerServer = 2,
        Deadline = TimeSpan.FromSeconds(3),
    };

    public static DiscoveryClient Discovery(ScriptedServer server) => new(new DiscoveryOptions { Resolver = Options(server) });
}
