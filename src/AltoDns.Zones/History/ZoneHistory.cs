// The journal: what changed from version to version, so that a secondary that is behind gets no more than that (RFC 1995).

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;
using Microsoft.Data.Sqlite;

namespace AltoDns.Zones.History;

/// <summary>A zone's version before and after it was published; null where it was not served before, or no longer is.</summary>
public readonly record struct ZoneChange(ZoneSnapshot? Before, ZoneSnapshot? After)
{
    public DomainName Origin => (After ?? Before)!.Origin;

    /// <summary>All names whose RRsets may differ, in any order, where that is known; null where the versions have to be compared.</summary>
    public IReadOnlyList<DomainName>? Names { get; init; }
}

/// <summary>
/// Each zone has a chain of steps without a gap that ends with the version served. Whatever does not fit the chain ends it, so that
/// a step that is handed out leads from exactly the one version to exactly the other. Safe for any number of threads.
/// See docs/decisions/0010-history-in-sqlite.md.
/// </summary>
public sealed class ZoneHistory : IDisposable
{
    // A step of at most so many octets is kept in memory as well, if it is a zone's last: what UDP can carry, and most secondaries ask for.
    private const int MostRemembered = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly long _maxOctets;
    private readonly Action<string> _report;
    private readonly Dictionary<DomainName, Chain> _chains = [];
    private HistoryDatabase? _database;

    /// <param name="folder">Where <c>history.db</c> is; both made where they are missing.</param>
    /// <param name="maxOctets">Of all steps of one zone.</param>
    /// <param name="report">Is told, in a sentence, why the history is not kept or was begun anew.</param>
    public ZoneHistory(string folder, long maxOctets, Action<string> report)
    {
        _maxOctets = maxOctets;
        _report = report;
        var path = Path.Combine(folder, "history.db");
        try
        {
            PrivateFile.MakeFolder(folder);
            Open(path);
        }
        catch (SqliteException exception)
        {
            report($"The history in {path} cannot be used and is begun anew: {exception.Message}");
            TryBeginAnew(path);
        }
        catch (Exception exception) when (exception is TypeInitializationException or DllNotFoundException)
        {
            report($"No history is kept: the library libe_sqlite3 that belongs beside the program cannot be loaded ({exception.GetBaseException().Message}).");
        }
        catch (KeyStoreException exception)
        {
            report($"No history is kept: {exception.Message}");
        }
    }

    /// <summary>Follows zones to the versions that are published now. Not to be called twice at once.</summary>
    /// <param name="isKept">Whether a zone's history is of use to anybody; that of others is removed.</param>
    public void Record(IReadOnlyList<ZoneChange> changes, Func<DomainName, bool> isKept)
    {
        // Comparing takes time, looking up must not wait for it; only this method changes what it reads here.
        var steps = changes.Select(change => isKept(change.Origin) ? StepOf(change) : new Step(change.Origin, null, null, null)).ToList();
        lock (_gate)
        {
            try
            {
                _database?.Begin();
                steps.ForEach(Take);
                _database?.Commit();
                _database?.Shrink();
            }
            catch (SqliteException exception)
            {
                // What is stored no longer fits what is served, and is found not to when the program starts again.
                _report($"No history is kept from now on: {exception.Message}");
                _database!.Rollback();
                _database.Dispose();
                _database = null;
                _chains.Clear();
            }
        }
    }

    /// <summary>What changed from one version to another, in the form of <see cref="DeltaEncoding"/>, condensed; null where that is not known.</summary>
    /// <param name="most">Octets beyond which the answer is null as well.</param>
    /// <param name="fromMemory">Whether the disk is not to be read.</param>
    public byte[]? Find(DomainName origin, uint from, uint to, long most, bool fromMemory = false)
    {
        List<byte[]> deltas;
        lock (_gate)
        {
            if (!_chains.TryGetValue(origin, out var chain) || chain.Serial != to || chain.IsUnconfirmed)
            {
                return null;
            }

            var first = chain.Steps.FindIndex(step => step.Before == from);
            if (first < 0 || chain.Steps.Skip(first).Sum(step => (long)step.Length) > most * 2)
            {
                return null;
            }

            if (first == chain.Steps.Count - 1 && chain.Last is { } last)
            {
                return last.Length <= most ? last : null;
            }

            if (fromMemory || _database is null || !TryRead(chain, first, out deltas))
            {
                return null;
            }
        }

        var condensed = DeltaCondenser.Condense(deltas);
        return condensed.Length <= most ? condensed : null;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _database?.Dispose();
            _database = null;
            _chains.Clear();
        }
    }

    private void Open(string path)
    {
        _database = new HistoryDatabase(path);
        try
        {
            foreach (var stored in _database.ReadAll())
            {
                _chains.Add(stored.Origin, new Chain(stored.Serial, ContentDigest.FromArray(stored.Digest), stored.Steps) { IsUnconfirmed = true });
            }
        }
        catch
        {
            _database.Dispose();
            _database = null;
            throw;
        }
    }

    private void TryBeginAnew(string path)
    {
        _chains.Clear();
        try
        {
            foreach (var file in new[] { path, path + "-wal", path + "-shm" })
            {
                File.Delete(file);
            }

            Open(path);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException or KeyStoreException)
        {
            _report($"No history is kept: {exception.Message}");
        }
    }

    private Step StepOf(ZoneChange change)
    {
        if (change.After is not { } after)
        {
            return new Step(change.Origin, null, null, null);
        }

        var chain = _chains.GetValueOrDefault(after.Origin);
        if (chain is null || chain.IsUnconfirmed || change.Before is null)
        {
            var digest = ContentDigest.Of(after);
            var isSame = chain is not null && chain.Serial == after.Serial && chain.Digest.ToArray().AsSpan().SequenceEqual(digest.ToArray());
            return new Step(after.Origin, after, isSame ? chain!.Digest : digest, null) { ContinuesChain = isSame };
        }

        var delta = change.Names is { } names ? ZoneDelta.Of(change.Before, after, names) : ZoneDelta.Between(change.Before, after);
        var encoded = SerialNumber.Compare(after.Serial, change.Before.Serial) > 0 && chain.Serial == change.Before.Serial ? DeltaEncoding.Encode(delta) : null;
        var next = ContentDigest.FromArray(chain.Digest.ToArray());
        next.Apply(delta);
        return new Step(after.Origin, after, next, encoded) { ContinuesChain = encoded is not null && encoded.Length <= _maxOctets };
    }

    private void Take(Step step)
    {
        if (_database is null)
        {
            return;
        }

        if (step.After is null)
        {
            _chains.Remove(step.Origin);
            _database.Remove(step.Origin);
            return;
        }

        if (!step.ContinuesChain || !_chains.TryGetValue(step.Origin, out var chain))
        {
            _database.Remove(step.Origin);
            _chains[step.Origin] = chain = new Chain(step.After.Serial, step.Digest!, []);
        }

        _database.SetEnd(step.Origin, step.After.Serial, step.Digest!.ToArray());
        if (step.ContinuesChain && step.Encoded is { } encoded)
        {
            var id = _database.AddStep(step.Origin, chain.Serial, step.After.Serial, encoded);
            chain.Steps.Add(new StoredStep(id, chain.Serial, step.After.Serial, encoded.Length));
            chain.Last = encoded.Length <= MostRemembered ? encoded : null;
            Trim(step.Origin, chain);
        }

        chain.Serial = step.After.Serial;
        chain.Digest = step.Digest;
        chain.IsUnconfirmed = false;
    }

    private void Trim(DomainName origin, Chain chain)
    {
        var total = chain.Steps.Sum(step => (long)step.Length);
        var surplus = 0;
        for (; total > _maxOctets; surplus++)
        {
            total -= chain.Steps[surplus].Length;
        }

        if (surplus > 0)
        {
            _database!.RemoveSteps(origin, chain.Steps[surplus - 1].Id);
            chain.Steps.RemoveRange(0, surplus);
        }
    }

    private bool TryRead(Chain chain, int first, out List<byte[]> deltas)
    {
        deltas = [];
        try
        {
            for (var i = first; i < chain.Steps.Count; i++)
            {
                if (_database!.ReadStep(chain.Steps[i].Id) is not { } records)
                {
                    return false;
                }

                deltas.Add(records);
            }

            return true;
        }
        catch (SqliteException exception)
        {
            _report($"A part of the history cannot be read: {exception.Message}");
            return false;
        }
    }

    private sealed class Chain(uint serial, ContentDigest digest, List<StoredStep> steps)
    {
        public uint Serial { get; set; } = serial;

        public ContentDigest Digest { get; set; } = digest;

        public List<StoredStep> Steps { get; } = steps;

        public byte[]? Last { get; set; }

        /// <summary>Stored by an earlier run; whether it leads to the zone that is served now has yet to be seen.</summary>
        public bool IsUnconfirmed { get; set; }
    }

    /// <param name="After">Null where the zone's history is to be removed.</param>
    private sealed record Step(DomainName Origin, ZoneSnapshot? After, ContentDigest? Digest, byte[]? Encoded)
    {
        public bool ContinuesChain { get; init; }
    }
}
