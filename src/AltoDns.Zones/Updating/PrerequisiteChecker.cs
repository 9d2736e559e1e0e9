// The prerequisites of an update (RFC 2136 §3.2).

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Updating;

internal static class PrerequisiteChecker
{
    /// <summary>Whether all hold: NOERROR, or what is to be answered for the first that does not.</summary>
    /// <param name="read">What a name has, by its name in lower case.</param>
    public static ResponseCode Check(UpdateMessage update, DomainName origin, Func<DomainName, NameContent> read)
    {
        var wanted = new List<UpdateRecord>();
        foreach (var prerequisite in update.Prerequisites)
        {
            if (prerequisite.TimeToLive != 0)
            {
                return ResponseCode.FormatError;
            }

            if (!prerequisite.Owner.IsSubdomainOf(origin))
            {
                return ResponseCode.NotZone;
            }

            if (prerequisite.Class == update.ZoneClass)
            {
                wanted.Add(prerequisite);
                continue;
            }

            if (prerequisite.Class is not (RecordClass.Any or RecordClass.None) || prerequisite.Data is not null)
            {
                return ResponseCode.FormatError;
            }

            var owner = prerequisite.Owner.ToLower();
            var code = Check(prerequisite, read(owner).Visible(owner == origin));
            if (code != ResponseCode.NoError)
            {
                return code;
            }
        }

        return AreAllThere(wanted, origin, read) ? ResponseCode.NoError : ResponseCode.NXRRset;
    }

    private static ResponseCode Check(in UpdateRecord prerequisite, IEnumerable<HeldRecord> records)
    {
        var type = prerequisite.Type;
        var isName = type == RecordType.ANY;
        var isThere = isName ? records.Any() : records.Any(record => record.Type == type);
        return (prerequisite.Class, isThere) switch
        {
            (RecordClass.Any, false) => isName ? ResponseCode.NameError : ResponseCode.NXRRset,
            (RecordClass.None, true) => isName ? ResponseCode.YXDomain : ResponseCode.YXRRset,
            _ => ResponseCode.NoError,
        };
    }

    // RFC 2136 §3.2.3: each RRset has to have exactly these records, whatever their order and TTL.
    private static bool AreAllThere(List<UpdateRecord> wanted, DomainName origin, Func<DomainName, NameContent> read)
    {
        foreach (var rrset in wanted.GroupBy(record => (Owner: record.Owner.ToLower(), record.Type)))
        {
            var there = read(rrset.Key.Owner).Visible(rrset.Key.Owner == origin).Where(record => record.Type == rrset.Key.Type).ToList();
            var values = rrset.Select(record => record.Data!).Distinct().Select(data => data.ToWire()).ToList();
            if (there.Count != values.Count || !values.TrueForAll(value => there.Exists(record => record.IsSame(rrset.Key.Type, value))))
            {
                return false;
            }
        }

        return true;
    }
}
