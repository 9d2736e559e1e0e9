// What no update may change, whoever sends it, and what this one's key may not.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Updating;

/// <param name="read">What a name has, by its name in lower case.</param>
internal sealed class UpdateGuard(PendingZone pending, Func<DomainName, NameContent> read)
{
    /// <summary>Why an update is refused, a clause without a full stop; null where it may go on.</summary>
    public string? FindBar(UpdateMessage update, UpdatePermission permission)
    {
        foreach (var record in update.Updates)
        {
            var owner = record.Owner.ToLower();
            var present = record.Type == RecordType.ANY ? read(owner).Own.Select(held => held.Type).Distinct() : [];
            if (!permission.Permits(owner, record.Type, present))
            {
                return $"the key has no right to {record.Type.Mnemonic()} at {owner}";
            }

            if (pending.Terms.IsMadeHere(record.Type))
            {
                return $"{record.Type.Mnemonic()} records are made by the server";
            }

            if (pending.Terms.IsPolicys && FindBar(record, owner, update.ZoneClass) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    private string? FindBar(in UpdateRecord record, DomainName owner, RecordClass zoneClass)
    {
        var (type, isAdded) = (record.Type, record.Class == zoneClass);
        var isApex = owner == pending.Zone.Origin;
        if (pending.Terms.IsProtected(type, isApex) && (isApex || pending.ReadBase(owner).Own.Exists(held => held.Type == type)))
        {
            return $"{type.Mnemonic()} at {owner} is the policy's";
        }

        if (isAdded && pending.IsRedirected(owner))
        {
            return $"{owner} lies below a DNAME of the policy, so nobody would find it";
        }

        // One place says which server guides an address; peers that the policy has no rule for are free.
        var content = read(owner);
        if (content.Policys.Count == 0 || type is not (RecordType.NAPTR or RecordType.TXT))
        {
            return null;
        }

        var isRuled = pending.ReadBase(owner).ExistsAnyway || pending.Terms.Reverse?.TryGetPrefix(owner.Wire, out _) == true;
        var held = record.Data is { } data ? new HeldRecord(type, 0, data.ToWire(canonical: true)) : default;
        var isDiscovery = record.Data is null
            ? isRuled && content.Policys.Any(policys => policys.Type == type)
            : isAdded ? isRuled && held.IsDiscovery : content.Published(isApex).Any(other => other.IsSame(type, held.Data.Span)) && content.Policys.Any(policys => policys.IsSame(type, held.Data.Span));
        return isDiscovery ? $"which ALTO server guides {owner} is the policy's to say" : null;
    }
}
