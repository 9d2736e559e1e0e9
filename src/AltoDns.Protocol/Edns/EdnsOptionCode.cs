// Options of the OPT record by number (IANA "DNS EDNS0 Option Codes (OPT)").

namespace AltoDns.Protocol.Edns;

public enum EdnsOptionCode : ushort
{
    /// <summary>How long updated records are to last (RFC 9664).</summary>
    UpdateLease = 2,

    /// <summary>Name server identifier (RFC 5001).</summary>
    Nsid = 3,

    /// <summary>DNSSEC algorithms understood (RFC 6975).</summary>
    Dau = 5,

    /// <summary>DS digest types understood (RFC 6975).</summary>
    Dhu = 6,

    /// <summary>NSEC3 hash algorithms understood (RFC 6975).</summary>
    N3u = 7,

    /// <summary>The prefix that the query comes from (RFC 7871).</summary>
    ClientSubnet = 8,

    /// <summary>Seconds until a secondary's zone expires (RFC 7314).</summary>
    Expire = 9,

    /// <summary>Client and server cookie (RFC 7873).</summary>
    Cookie = 10,

    /// <summary>Idle timeout of the connection in units of 100 ms (RFC 7828).</summary>
    TcpKeepalive = 11,

    /// <summary>Octets that hide the length of a message (RFC 7830).</summary>
    Padding = 12,

    /// <summary>The closest trust point, asks for the chain from there (RFC 7901).</summary>
    Chain = 13,

    /// <summary>Key tags of the trust anchors in use (RFC 8145).</summary>
    KeyTag = 14,

    /// <summary>Extended DNS error (RFC 8914).</summary>
    ExtendedError = 15,

    /// <summary>The agent that errors are reported to (RFC 9567).</summary>
    ReportChannel = 18,

    /// <summary>The version of the zone that answered (RFC 9660).</summary>
    ZoneVersion = 19,
}
