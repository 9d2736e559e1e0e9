// Dynamic records as JSON shows them.

using AltoDns.Protocol.Records;
using AltoDns.Zones.State;

namespace AltoDns.Web.Explaining;

public sealed record DynamicRecordsJson(IReadOnlyList<DynamicRecordJson> Records);

/// <param name="Ttl">Seconds; null where the record is one of a file's that an update has taken out.</param>
/// <param name="Key">The key that asked for it; null for the server itself.</param>
/// <param name="Until">Null for as long as nobody removes it.</param>
public sealed record DynamicRecordJson(
    string Zone, string Name, string Type, string Data, uint? Ttl, string? Key, DateTimeOffset Changed, DateTimeOffset? Until)
{
    public static DynamicRecordJson Of(DynamicEntry entry) => new(
        entry.Zone.ToString(), entry.Owner.ToString(), entry.Type.Mnemonic(), entry.DataText(), entry.TimeToLive, entry.Key?.ToString(), entry.Changed, entry.Expires);
}
