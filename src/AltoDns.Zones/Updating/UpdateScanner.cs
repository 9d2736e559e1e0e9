// The look at an update's changes before any is made (RFC 2136 §3.4.1).

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Updating;

internal static class UpdateScanner
{
    /// <summary>Whether all changes make sense: NOERROR, or what is to be answered for the first that does not.</summary>
    public static ResponseCode Check(UpdateMessage update, DomainName origin)
    {
        foreach (var record in update.Updates)
        {
            if (!record.Owner.IsSubdomainOf(origin))
            {
                return ResponseCode.NotZone;
            }

            if (!IsWellFormed(record, update.ZoneClass))
            {
                return ResponseCode.FormatError;
            }
        }

        return ResponseCode.NoError;
    }

    private static bool IsWellFormed(in UpdateRecord record, RecordClass zoneClass)
    {
        if (record.Class == zoneClass)
        {
            return record.Data is not null && !record.Type.IsMeta();
        }

        return record.Class switch
        {
            RecordClass.Any => record.TimeToLive == 0 && record.Data is null && (record.Type == RecordType.ANY || !record.Type.IsMeta()),
            RecordClass.None => record.TimeToLive == 0 && record.Data is not null && !record.Type.IsMeta(),
            _ => false,
        };
    }
}
