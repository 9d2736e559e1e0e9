// Tells the records that a name has of its own, from the base zone or a delegation, from those that it has of an ALTO server.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Compilation;

/// <summary>Reads a compiled zone of the reverse tree: the base zone's ALTO records are left out of it, so all that it has are the policy's.</summary>
internal sealed class OwnRRsets(ZoneSnapshot zone, uint timeToLive)
{
    private readonly Dictionary<int, IReadOnlyList<RRsetContent>> _replaced = [];

    /// <summary>Gives a name other records of its own than the zone has.</summary>
    /// <param name="own">Without those of any ALTO server; none kept from the zone before but the SOA and NS RRsets of the apex.</param>
    public void Replace(int node, IReadOnlyList<RRsetContent> own) => _replaced[node] = own;

    /// <summary>Whether a name has records other than those of an ALTO server.</summary>
    public bool HasAny(int node)
    {
        if (_replaced.TryGetValue(node, out var replaced))
        {
            return replaced.Count > 0;
        }

        var first = zone.FirstRRset(node);
        for (var i = 0; i < zone.RRsetsOf(node).Length; i++)
        {
            if (!MayBeServers(zone.RRset(first + i).Type) || Strip(first + i, out _).Length > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The RRsets that a name has when it carries a server's records beside its own.</summary>
    /// <param name="node">The name; -1 for one that is not there.</param>
    /// <param name="server">Null for none.</param>
    /// <returns>In ascending order of type; null where the TTL of its own records cannot be told any more.</returns>
    public List<RRsetContent>? With(int node, ServerContent? server)
    {
        if (_replaced.TryGetValue(node, out var replaced))
        {
            return Join(replaced, server);
        }

        var contents = new List<RRsetContent>();
        var first = node < 0 ? 0 : zone.FirstRRset(node);
        for (var i = 0; i < (node < 0 ? 0 : zone.RRsetsOf(node).Length); i++)
        {
            ref readonly var rrset = ref zone.RRset(first + i);
            if (!MayBeServers(rrset.Type))
            {
                contents.Add(RRsetContent.Keep(zone, first + i));
                continue;
            }

            var own = Strip(first + i, out var hasServers);
            if (own.Length == 0)
            {
                continue;
            }

            var type = rrset.Type;
            var added = server?.RRsets.FirstOrDefault(entry => entry.Type == type).Run ?? [];

            // RFC 2181 §5.2: together they have the smaller TTL, which hides that of the own records where it is the policy's.
            if (hasServers && added.Length == 0 && rrset.TimeToLive == timeToLive)
            {
                return null;
            }

            contents.Add(RRsetContent.Of(type, added.Length == 0 ? rrset.TimeToLive : Math.Min(rrset.TimeToLive, timeToLive), (byte[])[.. own, .. added]));
        }

        foreach (var (type, run) in server?.RRsets ?? [])
        {
            if (!contents.Exists(content => content.Type == type))
            {
                contents.Add(RRsetContent.Of(type, timeToLive, run));
            }
        }

        contents.Sort((left, right) => left.Type.CompareTo(right.Type));
        return contents;
    }

    /// <summary>The RRsets of a name that has these of its own and carries a server's records beside them.</summary>
    /// <param name="server">Null for none.</param>
    public List<RRsetContent> Join(IReadOnlyList<RRsetContent> own, ServerContent? server)
    {
        var contents = own.ToList();
        foreach (var (type, run) in server?.RRsets ?? [])
        {
            var index = contents.FindIndex(content => content.Type == type);
            if (index < 0)
            {
                contents.Add(RRsetContent.Of(type, timeToLive, run));
            }
            else
            {
                // RFC 2181 §5.2: together they have the smaller TTL.
                contents[index] = RRsetContent.Of(type, Math.Min(contents[index].TimeToLive, timeToLive), (byte[])[.. contents[index].Data.Span, .. run]);
            }
        }

        contents.Sort((left, right) => left.Type.CompareTo(right.Type));
        return contents;
    }

    /// <summary>Whether a name has exactly these RRsets.</summary>
    /// <param name="contents">In ascending order of type.</param>
    public bool IsAt(int node, List<RRsetContent> contents)
    {
        var first = zone.FirstRRset(node);
        if (zone.RRsetsOf(node).Length != contents.Count)
        {
            return false;
        }

        for (var i = 0; i < contents.Count; i++)
        {
            ref readonly var rrset = ref zone.RRset(first + i);
            var content = contents[i];
            if (content.Kept != first + i
                && (rrset.Type != content.Type || rrset.TimeToLive != content.TimeToLive || !zone.DataOf(rrset).SequenceEqual(content.Data.Span)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MayBeServers(RecordType type) => type is RecordType.NAPTR or RecordType.TXT;

    // The run of an RRset without a server's records.
    private byte[] Strip(int rrset, out bool hasServers)
    {
        hasServers = false;
        var own = new List<byte>();
        var data = zone.DataOf(zone.RRset(rrset));
        foreach (var record in new RRsetDataEnumerator(data))
        {
            if (IsServers(zone.RRset(rrset).Type, record))
            {
                hasServers = true;
            }
            else
            {
                own.Add((byte)(record.Length >> 8));
                own.Add((byte)record.Length);
                own.AddRange(record);
            }
        }

        return [.. own];
    }

    private static bool IsServers(RecordType type, ReadOnlySpan<byte> data)
    {
        var reader = new WireReader(data);
        return type == RecordType.NAPTR
            ? NaptrData.TryRead(ref reader, out var naptr) && DiscoveryRecords.IsAlto(naptr)
            : TxtData.TryRead(ref reader, out var text) && DiscoveryRecords.IsKey(text);
    }
}
