// The file that keeps dynamic records: what an update did is in it before the update is answered.

using System.Collections.Concurrent;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Updating;

namespace AltoDns.Zones.State;

/// <summary>What is kept of a zone besides its records.</summary>
/// <param name="Serial">The last that the zone was published with.</param>
/// <param name="BaseSerial">That of the zone without updates at the time.</param>
public readonly record struct KeptSerial(uint Serial, uint BaseSerial);

/// <summary>How many records are kept of a zone.</summary>
/// <param name="Added">That updates have added.</param>
/// <param name="Hidden">Of files and transfers that updates have taken out.</param>
public readonly record struct DynamicCount(long Added, long Hidden)
{
    public static DynamicCount operator +(DynamicCount left, DynamicCount right) => new(left.Added + right.Added, left.Hidden + right.Hidden);

    public static DynamicCount operator -(DynamicCount left, DynamicCount right) => new(left.Added - right.Added, left.Hidden - right.Hidden);
}

/// <summary>
/// One connection, used by one thread at a time. A group of updates is written between <see cref="Begin"/> and <see cref="Commit"/>.
/// Methods throw <see cref="StateDatabaseException"/> where the file does not let them; the group is to be rolled back then.
/// <see cref="CountOf"/> may be asked by any thread.
/// </summary>
public sealed class DynamicStore : IDisposable
{
    /// <summary>The file's name in the state folder.</summary>
    public const string FileName = "dynamic.db";

    private readonly StateDatabase _database;
    private readonly DynamicStatements _statements;
    private readonly Dictionary<DomainName, long> _zones = [];
    private readonly Dictionary<DomainName, long> _keys = [];
    private readonly List<Action> _onRollBack = [];
    private readonly ConcurrentDictionary<DomainName, DynamicCount> _counts = new();
    private readonly Dictionary<DomainName, DynamicCount> _uncommitted = [];

    private DynamicStore(StateDatabase database)
    {
        _database = database;
        DynamicSchema.Ensure(database);
        _statements = new DynamicStatements(database);
        ReadNames("SELECT id, apex FROM zones", _zones);
        ReadNames("SELECT id, name FROM keys", _keys);
        ReadCounts();
    }

    public string Path => _database.Path;

    /// <summary>Opens the file and makes it, and its folder, where they are not there; readable for their owner alone.</summary>
    /// <exception cref="StateDatabaseException">SQLite cannot use it.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static DynamicStore Open(string path)
    {
        if (System.IO.Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            PrivateFile.MakeFolderOrThrow(folder);
        }

        var database = StateDatabase.Open(path);
        try
        {
            return new DynamicStore(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>The zones that anything is kept of, with their serials.</summary>
    public IReadOnlyDictionary<DomainName, KeptSerial> ReadSerials()
    {
        var serials = new Dictionary<DomainName, KeptSerial>();
        using var statement = _database.Prepare("SELECT apex, serial, base FROM zones WHERE serial IS NOT NULL");
        while (statement.Step())
        {
            if (DomainName.TryFromWire(statement.Octets(0), out var apex))
            {
                serials[apex] = new KeptSerial((uint)statement.Number(1), (uint)statement.Number(2));
            }
        }

        return serials;
    }

    /// <summary>When each key signed the newest update that was committed, in seconds since 1970-01-01T00:00:00Z.</summary>
    public IReadOnlyDictionary<DomainName, long> ReadKeyTimes()
    {
        var times = new Dictionary<DomainName, long>();
        using var statement = _database.Prepare("SELECT name, signed FROM keys WHERE signed IS NOT NULL");
        while (statement.Step())
        {
            if (DomainName.TryFromWire(statement.Octets(0), out var name))
            {
                times[name] = statement.Number(1);
            }
        }

        return times;
    }

    /// <summary>Reads what is kept of a zone, name by name.</summary>
    /// <param name="visit">Gets an owner and what is kept of it; the list is used again.</param>
    /// <exception cref="StateDatabaseException">Also where a row is no record.</exception>
    public void ReadZone(DomainName apex, Action<DomainName, IReadOnlyList<DynamicRecord>> visit) =>
        DynamicRows.Read(_database, apex, _zones.TryGetValue(apex, out var id) ? id : -1, visit);

    /// <summary>What is kept of a zone, as of the last commit; null where nothing ever was since the file was opened.</summary>
    public DynamicCount? CountOf(DomainName apex) => _counts.TryGetValue(apex, out var count) ? count : null;

    public void Begin() => _database.Execute("BEGIN IMMEDIATE");

    /// <summary>Writes what an update does, within a group.</summary>
    /// <param name="key">The key that signed it; null for the server itself.</param>
    /// <param name="unixTime">When, in seconds since 1970-01-01T00:00:00Z.</param>
    public void Write(DomainName apex, IReadOnlyList<RowChange> changes, DomainName? key, long unixTime)
    {
        var zone = IdOf(_zones, apex, _statements.AddZone);
        long? keyId = key is { } name ? IdOf(_keys, name, _statements.AddKey) : null;
        var count = _uncommitted.GetValueOrDefault(apex);
        foreach (var change in changes)
        {
            count += _statements.Write(zone, apex, change, keyId, unixTime);
        }

        _uncommitted[apex] = count;
    }

    /// <summary>Writes the serial that the zone is published with, within a group.</summary>
    public void WriteSerial(DomainName apex, KeptSerial serial)
    {
        var zone = IdOf(_zones, apex, _statements.AddZone);
        _statements.SetSerial.Bind(1, zone).Bind(2, serial.Serial).Bind(3, serial.BaseSerial).Run();
    }

    /// <summary>Writes when the newest update of a key was signed, within a group.</summary>
    public void WriteKeyTime(DomainName key, long unixTime) =>
        _statements.SetKeyTime.Bind(1, IdOf(_keys, key, _statements.AddKey)).Bind(2, unixTime).Run();

    /// <summary>Returns once the group is on the disk.</summary>
    public void Commit()
    {
        _database.Execute("COMMIT");
        _onRollBack.Clear();
        foreach (var (apex, count) in _uncommitted)
        {
            _counts[apex] = _counts.GetValueOrDefault(apex) + count;
        }

        _uncommitted.Clear();
    }

    public void RollBack()
    {
        _database.RollBack();
        _onRollBack.ForEach(undo => undo());
        _onRollBack.Clear();
        _uncommitted.Clear();
    }

    /// <summary>When the next record ends, in seconds since 1970-01-01T00:00:00Z; null where none does.</summary>
    public long? NextExpiry()
    {
        var statement = _statements.NextExpiry;
        long? next = statement.Step() && !statement.IsNull(0) ? statement.Number(0) : null;
        statement.Reset();
        return next;
    }

    /// <summary>Records that have ended, the earliest first.</summary>
    /// <param name="most">How many at once.</param>
    public IReadOnlyList<(DomainName Apex, DomainName Owner, RecordType Type, byte[] Data)> ReadExpired(long unixTime, int most)
    {
        var byId = _zones.ToDictionary(entry => entry.Value, entry => entry.Key);
        var expired = new List<(DomainName, DomainName, RecordType, byte[])>();
        var statement = _statements.Expired.Bind(1, unixTime).Bind(2, most);
        while (statement.Step())
        {
            if (byId.TryGetValue(statement.Number(0), out var apex) && OwnerKey.TryRead(statement.Octets(1), apex, out var owner))
            {
                expired.Add((apex, owner, (RecordType)statement.Number(2), statement.Octets(3).ToArray()));
            }
        }

        return expired;
    }

    /// <summary>Keeps the log short: to be called now and then between groups.</summary>
    /// <param name="truncates">Whether to wait for whoever reads, and empty the log.</param>
    public void Checkpoint(bool truncates) => _database.Checkpoint(truncates);

    public void Dispose()
    {
        _statements.Dispose();
        _database.Dispose();
    }

    private long IdOf(Dictionary<DomainName, long> ids, DomainName name, StateStatement add)
    {
        if (ids.TryGetValue(name, out var id))
        {
            return id;
        }

        id = ids.Values.DefaultIfEmpty(0).Max() + 1;
        add.Bind(1, id).Bind(2, name.ToLower().Wire).Run();
        ids.Add(name, id);
        _onRollBack.Add(() => ids.Remove(name));
        return id;
    }

    private void ReadCounts()
    {
        var byId = _zones.ToDictionary(entry => entry.Value, entry => entry.Key);
        using var statement = _database.Prepare("SELECT zone, COUNT(*), COUNT(ttl) FROM records GROUP BY zone");
        while (statement.Step())
        {
            if (byId.TryGetValue(statement.Number(0), out var apex))
            {
                _counts[apex] = new DynamicCount(statement.Number(2), statement.Number(1) - statement.Number(2));
            }
        }
    }

    private void ReadNames(string sql, Dictionary<DomainName, long> ids)
    {
        using var statement = _database.Prepare(sql);
        while (statement.Step())
        {
            if (DomainName.TryFromWire(statement.Octets(1), out var name))
            {
                ids[name] = statement.Number(0);
            }
        }
    }
}
