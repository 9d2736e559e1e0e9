// The records of a zone's apex: SOA and NS, from the policy or from the base zone.

using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Compilation;

internal static class ApexCompiler
{
    private const int Apex = ZoneSnapshot.Apex;

    /// <summary>Makes sure that the apex has exactly one SOA and at least one NS; what the policy sets goes before the base zone.</summary>
    /// <returns>False where one is missing, which is then an error.</returns>
    public static bool TryAdd(ZoneBuilder builder, PolicyDocument policy, uint defaultSerial, ProblemList problems)
    {
        var place = new SourcePosition(policy.File, 0, 0);
        if (policy.Soa is { } soa)
        {
            builder.RemoveRecords(Apex, (type, _) => type == RecordType.SOA);
            builder.AddRecord(Apex, soa.TimeToLive, new SoaData(
                soa.Primary, soa.Contact, soa.Serial ?? defaultSerial, soa.Refresh, soa.Retry, soa.Expire, soa.NegativeTimeToLive));
        }
        else if (!builder.HasRecord(Apex, RecordType.SOA))
        {
            problems.Error(place, $"Zone {builder.Origin} has no SOA: neither the policy nor a base zone gives one.", "Add soa: with primary and contact.");
        }

        if (policy.Nameservers.Count > 0)
        {
            builder.RemoveRecords(Apex, (type, _) => type == RecordType.NS);
            foreach (var nameserver in policy.Nameservers)
            {
                builder.AddRecord(Apex, policy.Soa?.TimeToLive ?? policy.TimeToLive, new NsData(nameserver.Value));
            }
        }
        else if (!builder.HasRecord(Apex, RecordType.NS))
        {
            problems.Error(place, $"Zone {builder.Origin} has no name servers: neither the policy nor a base zone gives any.", "Add nameservers: with at least one name.");
        }

        return builder.HasRecord(Apex, RecordType.SOA) && builder.HasRecord(Apex, RecordType.NS);
    }
}
