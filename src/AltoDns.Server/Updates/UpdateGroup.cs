// Applies a group of updates to the zones: each in turn, all kept by one commit, all published together.

using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Reloading;
using AltoDns.Zones.State;
using AltoDns.Zones.Updating;

namespace AltoDns.Server.Updates;

/// <summary>Used once; not safe for several threads.</summary>
internal sealed class UpdateGroup(DynamicLayer layer, DynamicStore store, UpdateOptions options, ReplayGuard guard, RefusalLog refusals, long unixTime)
{
    private readonly Dictionary<DomainName, PendingZone> _pending = [];
    private readonly Dictionary<DomainName, int> _written = [];
    private readonly List<DynamicZone> _changed = [];
    private readonly Dictionary<UInt128, QueuedUpdate> _inGroup = [];

    /// <summary>Records that have ended.</summary>
    public int Expired { get; private set; }

    /// <summary>Decides on every update, and writes what it does; the group is begun.</summary>
    /// <returns>The zones to be served, null where none differs.</returns>
    public ZoneLoadResult? Run(ZoneLoadResult current, IReadOnlyList<QueuedUpdate> updates)
    {
        store.Begin();
        Expire();
        foreach (var update in updates)
        {
            Decide(update);
        }

        foreach (var key in updates.Where(update => update.IsFinal).GroupBy(update => update.Request.Key))
        {
            store.WriteKeyTime(key.Key, key.Max(update => update.Request.TimeSigned));
        }

        return Build(current);
    }

    /// <summary>Returns once the group is on the disk.</summary>
    public void Commit()
    {
        store.Commit();
        layer.Replace(_changed);
    }

    private void Expire()
    {
        // More of them wait for the next group, so that updates are not held up.
        foreach (var (apex, owner, type, data) in store.ReadExpired(unixTime, options.GroupSize))
        {
            Expired++;
            if (Find(apex) is { } zone)
            {
                zone.Expire(owner, type, data);
                Write(zone, key: null);
            }
            else
            {
                // The zone is not served now; its record has ended all the same.
                store.Write(apex, [new RowChange(RowChangeKind.Drop, owner, type, 0, data)], key: null, unixTime);
            }
        }
    }

    private void Decide(QueuedUpdate update)
    {
        if (_inGroup.TryGetValue(update.Request.Id, out var first))
        {
            (update.Code, update.Granted) = (first.Code, first.Granted);
            if (first.Request.Client != update.Request.Client)
            {
                update.RejectAsReplayed();
            }

            return;
        }

        switch (guard.Look(update.Request, out var code))
        {
            case Familiarity.Replayed:
                refusals.NotAuthenticated(update.Client, "it was carried out before, or is older than what was", unixTime);
                update.RejectAsReplayed();
                return;
            case Familiarity.Repeated:
                (update.Code, update.Granted) = (code, Grant(update.Message.Lease));
                return;
        }

        _inGroup.Add(update.Request.Id, update);
        if (Find(update.Message.Zone) is not { } zone)
        {
            // RFC 2136 §6: what comes from a primary is the primary's to change, and we do not forward.
            refusals.Refused(update.Message.Zone, update.Client, update.Request.Key, "the zone comes from another server", unixTime);
            update.Code = ResponseCode.Refused;
            return;
        }

        Apply(update, zone);
    }

    private void Apply(QueuedUpdate update, PendingZone zone)
    {
        var granted = Grant(update.Message.Lease);
        var permission = zone.Zone.Base.HasSignatures
            ? new UpdatePermission([])
            : options.Policy.For(update.Request.Key, zone.Zone.Origin);
        var result = zone.Apply(update.Message, permission, type => granted is not { } lease ? null
            : unixTime + (type == RecordType.KEY ? lease.KeyLease ?? lease.Lease : lease.Lease));
        if (result.Reason is { } reason)
        {
            refusals.Refused(zone.Zone.Origin, update.Client, update.Request.Key, reason, unixTime);
        }

        Write(zone, update.Request.Key);
        (update.Code, update.IsFinal) = (result.ResponseCode, true);
        update.Granted = result.ResponseCode == ResponseCode.NoError ? granted : null;
    }

    private void Write(PendingZone zone, DomainName? key)
    {
        var written = _written.GetValueOrDefault(zone.Zone.Origin);
        if (zone.Rows.Count > written)
        {
            store.Write(zone.Zone.Origin, [.. zone.Rows.Skip(written)], key, unixTime);
            _written[zone.Zone.Origin] = zone.Rows.Count;
        }
    }

    private ZoneLoadResult? Build(ZoneLoadResult current)
    {
        var changes = new Dictionary<DomainName, KnownChange>();
        foreach (var pending in _pending.Values.Where(pending => pending.HasChanged || pending.Rows.Count > 0))
        {
            var (zone, names) = pending.Build();
            store.WriteSerial(zone.Origin, new KeptSerial(zone.Content.Serial, zone.Base.Serial));
            if (pending.HasChanged)
            {
                _changed.Add(zone);
                changes.Add(zone.Origin, new KnownChange(pending.Zone.Content, names));
            }
        }

        return _changed.Count == 0 ? null : current with
        {
            Zones = current.Zones!.Replacing(_changed.ToDictionary(zone => zone.Origin, zone => zone.Content)),
            Problems = [],
            Changes = changes,
        };
    }

    private PendingZone? Find(DomainName apex)
    {
        if (!_pending.TryGetValue(apex, out var pending) && layer.Zones.TryGetValue(apex, out var zone))
        {
            _pending.Add(apex, pending = new PendingZone(zone));
        }

        return pending;
    }

    private UpdateLease? Grant(UpdateLease? wanted) => wanted is { } lease
        ? new UpdateLease(Clamp(lease.Lease), lease.KeyLease is { } key ? Clamp(key) : null)
        : null;

    private uint Clamp(uint seconds) => Math.Clamp(seconds, (uint)options.ShortestLease.TotalSeconds, (uint)options.LongestLease.TotalSeconds);
}
