// The commands by which nsupdate takes a zone on another server from one set of records to another (RFC 2136).

using System.Globalization;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Exporting;

public static class UpdateCommands
{
    // RFC 1035 §4.2.2: a message has 65,535 octets at most; what is counted here leaves room for the rest of it.
    private const int MaxUpdate = 48_000;
    private const int RecordOverhead = 10;

    /// <summary>
    /// Writes one <c>send</c> for what fits into a message; the changes of one name are never in two, so that no moment shows half of a name.
    /// A record that only gets another TTL is added again, which replaces it (RFC 2136 §3.4.2.2).
    /// </summary>
    /// <param name="before">What the zone has now; records that it does not have do no harm.</param>
    /// <param name="after">What it shall have.</param>
    /// <returns>Records added and taken out; where it is 0 nothing was written but the comment.</returns>
    public static int Write(DomainName origin, IEnumerable<ZoneRecord> before, IEnumerable<ZoneRecord> after, TextWriter output)
    {
        var old = new HashSet<Entry>(before.Select(record => new Entry(record.Owner, record.TimeToLive, record.Data)));
        var fresh = after.Select(record => new Entry(record.Owner, record.TimeToLive, record.Data)).ToHashSet();
        var kept = fresh.Select(entry => (entry.Owner, entry.Data)).ToHashSet();
        var changes = old.Where(entry => !kept.Contains((entry.Owner, entry.Data))).Select(entry => (Entry: entry, IsAdded: false))
            .Concat(fresh.Where(entry => !old.Contains(entry)).Select(entry => (Entry: entry, IsAdded: true)))
            .GroupBy(change => change.Entry.Owner)
            .OrderBy(group => group.Key);
        output.Write($"; Zone {origin}, made by AltoDns for nsupdate.\n");
        var (count, pending) = (0, 0);
        foreach (var name in changes)
        {
            var size = name.Sum(change => change.Entry.Owner.Length + RecordOverhead + change.Entry.Data.ToWire().Length);
            if (pending > 0 && pending + size > MaxUpdate)
            {
                output.Write("send\n");
                pending = 0;
            }

            if (pending == 0)
            {
                output.Write($"zone {origin}\n");
            }

            // Deletions first: a CNAME that goes makes room for what comes.
            foreach (var (entry, isAdded) in name.OrderBy(change => change.IsAdded))
            {
                output.Write(isAdded ? $"update add {entry.Owner} {TimeToLive(entry)} IN" : $"update delete {entry.Owner} IN");
                output.Write($" {entry.Data.RecordType.Mnemonic()} {entry.Data}\n");
                count++;
            }

            pending += size;
        }

        if (pending > 0)
        {
            output.Write("send\n");
        }

        return count;
    }

    private static string TimeToLive(Entry entry) => entry.TimeToLive.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Entry(DomainName Owner, uint TimeToLive, RecordData Data);
}
