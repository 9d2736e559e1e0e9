// The statements that write dynamic records, made ready once.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Updating;

namespace AltoDns.Zones.State;

/// <summary>Not safe for several threads.</summary>
internal sealed class DynamicStatements(StateDatabase database) : IDisposable
{
    private readonly StateStatement _put = database.Prepare(
        "INSERT OR REPLACE INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");

    private readonly StateStatement _retime = database.Prepare(
        "INSERT INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET ttl = excluded.ttl");

    private readonly StateStatement _count = database.Prepare("SELECT COUNT(*), COUNT(ttl) FROM records WHERE zone = ?1 AND owner = ?2 AND type = ?3 AND data = ?4");

    private readonly StateStatement _countRRset = database.Prepare("SELECT COUNT(*), COUNT(ttl) FROM records WHERE zone = ?1 AND owner = ?2 AND type = ?3");

    private readonly StateStatement _countName = database.Prepare("SELECT COUNT(*), COUNT(ttl) FROM records WHERE zone = ?1 AND owner = ?2");

    private readonly StateStatement _drop = database.Prepare(
        "DELETE FROM records WHERE zone = ?1 AND owner = ?2 AND type = ?3 AND data = ?4");

    private readonly StateStatement _dropRRset = database.Prepare("DELETE FROM records WHERE zone = ?1 AND owner = ?2 AND type = ?3");

    private readonly StateStatement _dropName = database.Prepare("DELETE FROM records WHERE zone = ?1 AND owner = ?2");

    public StateStatement AddZone { get; } = database.Prepare("INSERT INTO zones (id, apex) VALUES (?1, ?2)");

    public StateStatement AddKey { get; } = database.Prepare("INSERT INTO keys (id, name) VALUES (?1, ?2)");

    public StateStatement SetSerial { get; } = database.Prepare("UPDATE zones SET serial = ?2, base = ?3 WHERE id = ?1");

    public StateStatement SetKeyTime { get; } = database.Prepare("UPDATE keys SET signed = ?2 WHERE id = ?1");

    public StateStatement NextExpiry { get; } = database.Prepare("SELECT MIN(expires) FROM records WHERE expires IS NOT NULL");

    public StateStatement Expired { get; } = database.Prepare(
        "SELECT zone, owner, type, data FROM records WHERE expires <= ?1 ORDER BY expires LIMIT ?2");

    /// <returns>What it changes about the number of records.</returns>
    public DynamicCount Write(long zone, DomainName apex, in RowChange change, long? key, long unixTime)
    {
        Span<byte> owner = stackalloc byte[DomainName.MaxLength];
        owner = owner[..OwnerKey.Write(change.Owner.Wire, apex.Length, owner)];
        var before = Count(change.Kind switch
        {
            RowChangeKind.DropName => _countName.Bind(1, zone).Bind(2, owner),
            RowChangeKind.DropRRset => _countRRset.Bind(1, zone).Bind(2, owner).Bind(3, (long)change.Type),
            _ => _count.Bind(1, zone).Bind(2, owner).Bind(3, (long)change.Type).Bind(4, change.Data.Span),
        });
        switch (change.Kind)
        {
            case RowChangeKind.DropName:
                _dropName.Bind(1, zone).Bind(2, owner).Run();
                break;
            case RowChangeKind.DropRRset:
                _dropRRset.Bind(1, zone).Bind(2, owner).Bind(3, (long)change.Type).Run();
                break;
            case RowChangeKind.Drop:
                _drop.Bind(1, zone).Bind(2, owner).Bind(3, (long)change.Type).Bind(4, change.Data.Span).Run();
                break;
            default:
                var isHidden = change.Kind == RowChangeKind.Hide;
                (change.Kind == RowChangeKind.Retime ? _retime : _put)
                    .Bind(1, zone).Bind(2, owner).Bind(3, (long)change.Type).Bind(4, change.Data.Span)
                    .Bind(5, isHidden ? null : change.TimeToLive).Bind(6, isHidden ? null : change.Expires).Bind(7, key).Bind(8, unixTime).Run();
                return (isHidden ? new DynamicCount(0, 1) : new DynamicCount(1, 0)) - before;
        }

        return default(DynamicCount) - before;
    }

    public void Dispose()
    {
        foreach (var statement in (StateStatement[])[_put, _retime, _count, _countRRset, _countName, _drop, _dropRRset, _dropName, AddZone, AddKey, SetSerial, SetKeyTime, NextExpiry, Expired])
        {
            statement.Dispose();
        }
    }

    private static DynamicCount Count(StateStatement statement)
    {
        statement.Step();
        var (all, added) = (statement.Number(0), statement.Number(1));
        statement.Reset();
        return new DynamicCount(added, all - added);
    }
}
