// Addresses that no peer on the Internet has, so that their names lead nowhere (IANA special-purpose registries, RFC 6890).

using AltoDns.Protocol.Names;

namespace AltoDns.Discovery.Procedure;

/// <summary>Prefixes for documentation are not among them: who uses them, as the samples do, means to.</summary>
internal static class SpecialAddresses
{
    private static readonly IPPrefix[] Prefixes =
    [
        .. new[]
        {
            "0.0.0.0/8",       // this network
            "10.0.0.0/8",      // private
            "100.64.0.0/10",   // between a customer and a carrier-grade NAT
            "127.0.0.0/8",     // loopback
            "169.254.0.0/16",  // link-local
            "172.16.0.0/12",   // private
            "192.0.0.0/24",    // protocol assignments
            "192.168.0.0/16",  // private
            "224.0.0.0/4",     // multicast
            "240.0.0.0/4",     // reserved, and broadcast
            "::/128",          // unspecified
            "::1/128",         // loopback
            "64:ff9b:1::/48",  // local-use translation
            "100::/64",        // discard-only
            "fc00::/7",        // unique local
            "fe80::/10",       // link-local
            "fec0::/10",       // site-local, deprecated
            "ff00::/8",        // multicast
        }.Select(IPPrefix.Parse),
    ];

    public static bool Contains(IPPrefix prefix) => Array.Exists(Prefixes, special => special.Contains(prefix));
}
