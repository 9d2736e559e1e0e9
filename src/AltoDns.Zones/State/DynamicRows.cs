// Reads dynamic records from their file, for the server that starts and for people who ask.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Updating;

namespace AltoDns.Zones.State;

/// <summary>A dynamic record with what is known of it.</summary>
/// <param name="TimeToLive">Seconds; null where the record is hidden, not added.</param>
/// <param name="Expires">Null for never.</param>
/// <param name="Key">The key that asked for it; null for the server itself.</param>
public sealed record DynamicEntry(
    DomainName Zone, DomainName Owner, RecordType Type, byte[] Data, uint? TimeToLive, DateTimeOffset? Expires, DomainName? Key, DateTimeOffset Changed)
{
    /// <summary>The data in presentation form.</summary>
    public string DataText()
    {
        var reader = WireReader.OverData(Data);
        return RecordTypes.TryReadData(Type, ref reader, out var data) ? data.ToString() : new UnknownData(Type, Data).ToString();
    }
}

public static class DynamicRows
{
    private const string Entries = """
        SELECT z.apex, r.owner, r.type, r.data, r.ttl, r.expires, k.name, r.changed
        FROM records r JOIN zones z ON z.id = r.zone LEFT JOIN keys k ON k.id = r.key
        """;

    /// <summary>All entries of a file that another process may be writing to; none where there is no such file.</summary>
    /// <exception cref="StateDatabaseException">The file cannot be read.</exception>
    public static IEnumerable<DynamicEntry> ReadAll(string path) => Read(path, database => database.Prepare(Entries));

    /// <summary>The entries of one name, which are looked up.</summary>
    /// <param name="owner">At or below the apex.</param>
    /// <exception cref="StateDatabaseException">The file cannot be read.</exception>
    public static IEnumerable<DynamicEntry> ReadAt(string path, DomainName apex, DomainName owner)
    {
        var key = new byte[DomainName.MaxLength];
        var length = OwnerKey.Write(owner.ToLower().Wire, apex.Length, key);
        return Read(path, database => database.Prepare($"{Entries} WHERE z.apex = ?1 AND r.owner = ?2").Bind(1, apex.ToLower().Wire).Bind(2, key.AsSpan(0, length)));
    }

    private static IEnumerable<DynamicEntry> Read(string path, Func<StateDatabase, StateStatement> prepare)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using var database = StateDatabase.OpenToRead(path);
        using var statement = prepare(database);
        while (statement.Step())
        {
            if (DomainName.TryFromWire(statement.Octets(0), out var apex) && OwnerKey.TryRead(statement.Octets(1), apex, out var name))
            {
                yield return new DynamicEntry(
                    apex,
                    name,
                    (RecordType)statement.Number(2),
                    statement.Octets(3).ToArray(),
                    statement.IsNull(4) ? null : (uint)statement.Number(4),
                    statement.IsNull(5) ? null : DateTimeOffset.FromUnixTimeSeconds(statement.Number(5)),
                    DomainName.TryFromWire(statement.Octets(6), out var key) ? key : null,
                    DateTimeOffset.FromUnixTimeSeconds(statement.Number(7)));
            }
        }
    }

    internal static void Read(StateDatabase database, DomainName apex, long zone, Action<DomainName, IReadOnlyList<DynamicRecord>> visit)
    {
        var records = new List<DynamicRecord>();
        var known = new KnownData(database);
        byte[] owner = [];
        using var statement = database.Prepare("SELECT owner, type, data, ttl FROM records WHERE zone = ?1 ORDER BY owner, type, data").Bind(1, zone);
        while (statement.Step())
        {
            if (!statement.Octets(0).SequenceEqual(owner))
            {
                Visit(database, apex, owner, records, visit);
                owner = statement.Octets(0).ToArray();
                records.Clear();
            }

            records.Add(known.Read(statement));
        }

        Visit(database, apex, owner, records, visit);
    }

    private static void Visit(
        StateDatabase database, DomainName apex, byte[] owner, List<DynamicRecord> records, Action<DomainName, IReadOnlyList<DynamicRecord>> visit)
    {
        if (records.Count > 0)
        {
            visit(
                OwnerKey.TryRead(owner, apex, out var name) ? name : throw new StateDatabaseException(database.Path, "it has an owner that is no name", isDamage: true),
                records);
        }
    }

    // Peers come by the million and have the records of a few servers, which are checked and copied once.
    private sealed class KnownData(StateDatabase database)
    {
        private const int Most = 4096;

        private readonly Dictionary<(RecordType, int), byte[]> _known = [];

        public DynamicRecord Read(StateStatement statement)
        {
            var type = (RecordType)statement.Number(1);
            var octets = statement.Octets(2);
            var hash = new HashCode();
            hash.AddBytes(octets);
            var key = (type, hash.ToHashCode());
            if (!_known.TryGetValue(key, out var data) || !octets.SequenceEqual(data))
            {
                var reader = WireReader.OverData(octets);
                data = RecordTypes.TryReadData(type, ref reader, out _)
                    ? octets.ToArray()
                    : throw new StateDatabaseException(database.Path, $"it has {type.Mnemonic()} data that are none", isDamage: true);
                if (_known.Count == Most)
                {
                    _known.Clear();
                }

                _known[key] = data;
            }

            return new DynamicRecord(type, statement.IsNull(3) ? null : (uint)statement.Number(3), data);
        }
    }
}
