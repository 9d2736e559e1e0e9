// Finds the names of a signed zone whose signatures have to be made anew.

using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

public static class DueSignatures
{
    /// <summary>Owners with a signature that is not to be kept.</summary>
    /// <returns>Numbered as by <see cref="OwnedRRsets"/>.</returns>
    internal static List<int> Find(ZoneSnapshot zone, SignatureTimes times)
    {
        var owners = new OwnedRRsets(zone);
        var due = new List<int>();
        foreach (var owner in OwnedRRsets.All(zone))
        {
            var count = owners.Find(owner, out var first);
            for (var rrset = first; rrset < first + count; rrset++)
            {
                if (IsDue(zone.SignaturesOf(rrset), times))
                {
                    due.Add(owner);
                    break;
                }
            }
        }

        return due;
    }

    /// <summary>Whether any signature is not to be kept.</summary>
    public static bool Any(ZoneSnapshot zone, SignatureTimes times) => Find(zone, times).Count > 0;

    /// <summary>The first expiration of all the zone's signatures; null where it has none.</summary>
    public static uint? FirstExpiration(ZoneSnapshot zone)
    {
        var owners = new OwnedRRsets(zone);
        uint? earliest = null;
        foreach (var owner in OwnedRRsets.All(zone))
        {
            var count = owners.Find(owner, out var first);
            for (var rrset = first; rrset < first + count; rrset++)
            {
                foreach (var signature in new RRsetDataEnumerator(zone.SignaturesOf(rrset)))
                {
                    if (RrsigFields.TryRead(signature, out var fields) && (earliest is null || SerialNumber.Compare(fields.Expiration, earliest.Value) < 0))
                    {
                        earliest = fields.Expiration;
                    }
                }
            }
        }

        return earliest;
    }

    private static bool IsDue(ReadOnlySpan<byte> signatures, SignatureTimes times)
    {
        foreach (var signature in new RRsetDataEnumerator(signatures))
        {
            if (!RrsigFields.TryRead(signature, out var fields) || !times.Keeps(fields.Inception, fields.Expiration))
            {
                return true;
            }
        }

        return false;
    }
}
