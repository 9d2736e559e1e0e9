// Why a zone that is served here cannot be answered from.

namespace AltoDns.Zones.Serving;

public enum Unavailability
{
    /// <summary>It can.</summary>
    None,

    /// <summary>It has to come from another server and has not yet.</summary>
    NotTransferred,

    /// <summary>No primary was reached for longer than the zone's SOA record allows (RFC 1034 §4.3.5).</summary>
    Expired,
}
