// The keys of one zone as the program works with them: stored before they are used, one change at a time.

using System.Runtime.ExceptionServices;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Keys;

/// <summary>
/// Runs a zone's roll-overs: <see cref="Advance"/> whenever the zone is to be signed, at <see cref="ZoneKeySet.NextStep"/>, when the
/// parent was asked, and now and then, for another program may have asked for a roll; where the generation has changed, sign and
/// serve, then <see cref="Confirm"/>. Methods throw <see cref="KeyStoreException"/>, and then nothing has changed: go on with what is
/// served. Thread-safe; dispose it after the last key set is out of use.
/// </summary>
public sealed class ZoneKeys(KeyStore store, DomainName apex) : IDisposable
{
    // The tag that a key would have once revoked is not to be another's (RFC 5011 §2.1).
    private const int AttemptsAtTag = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<ushort, DnssecSigningKey> _open = [];

    public DomainName Apex { get; } = apex;

    /// <summary>Takes the steps that are due and stores them; makes the first keys.</summary>
    /// <param name="observation">What was just seen at the parent, or null.</param>
    public (ZoneKeySet Keys, IReadOnlyList<KeyEvent> Events) Advance(DnssecPolicy policy, DateTimeOffset now, ParentObservation? observation = null)
    {
        lock (_lock)
        {
            var (state, events) = Change((state, save) => KeyRollover.Advance(state, policy, now, observation, MakerFor(state, save)));
            return (KeyRollover.KeySet(state, policy, Open), events);
        }
    }

    /// <summary>Notes that a zone signed with this generation is being served.</summary>
    /// <param name="longestTimeToLive">Of all RRsets of the zone, and of its negative answers.</param>
    /// <returns>The <see cref="ZoneKeySet.NextStep"/> from then on.</returns>
    public DateTimeOffset? Confirm(DnssecPolicy policy, long generation, DateTimeOffset at, TimeSpan longestTimeToLive)
    {
        lock (_lock)
        {
            var (state, _) = Change((state, _) => (KeyRollover.Confirm(state, policy, generation, at, longestTimeToLive), []));
            return KeyRollover.NextStep(state, policy);
        }
    }

    /// <summary>Asks for a roll-over of the key of a role; it begins once that key is settled.</summary>
    public void RequestRoll(KeyRole role)
    {
        lock (_lock)
        {
            Change((state, _) => (KeyRollover.Request(state, role), []));
        }
    }

    /// <summary>Why the zone may not be served unsigned; null where it may, having never been signed or having no DS record any more.</summary>
    public Problem? FindBarToUnsigned()
    {
        var state = store.Load(Apex);
        return state is null || state.MayBeUnsigned ? null : new Problem(
            Severity.Error,
            new SourcePosition(store.Folder, 0, 0),
            $"Zone {Apex} cannot be left unsigned: its parent has a DS record, or validators may still have it in a cache.",
            "Write 'dnssec: { cds: delete }', and 'dnssec: off' once 'altodns keys status' says that it is safe.");
    }

    /// <summary>Takes over a key that is in use elsewhere; it is as settled as the zone says it is.</summary>
    /// <param name="served">How its DNSKEY record and signatures stand in the zone that is served now.</param>
    public void Import(DnssecSigningKey key, KeyRole role, Spread served, DateTimeOffset now)
    {
        lock (_lock)
        {
            Change((state, save) =>
            {
                if (state.Keys.Any(other => other.Tag == key.Tag))
                {
                    throw new KeyStoreException(store.Folder, $"{Apex} already has a key {key.Tag}.", "Nothing is to be imported.");
                }

                save(key);
                return (KeyRollover.Import(state, key.Data, role, served, now), []);
            });
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var key in _open.Values)
            {
                key.Dispose();
            }

            _open.Clear();
        }
    }

    private delegate (ZoneKeyState State, IReadOnlyList<KeyEvent> Events) StateChange(ZoneKeyState state, Action<DnssecSigningKey> save);

    private (ZoneKeyState State, IReadOnlyList<KeyEvent> Events) Change(StateChange change)
    {
        IDisposable held;
        try
        {
            held = store.Lock(Apex);
        }
        catch (KeyStoreException exception)
        {
            // A folder that cannot be written does no harm while nothing is to be.
            if (store.Load(Apex) is { } readable && change(readable, _ => ExceptionDispatchInfo.Throw(exception)) is var unchanged && unchanged.State.Equals(readable))
            {
                return unchanged;
            }

            throw;
        }

        using (held)
        {
            var before = store.Load(Apex);
            if (before is null)
            {
                // From here on, keys without their state are known to have lost it.
                before = new ZoneKeyState(Apex);
                store.Save(before, []);
            }

            var (after, events) = change(before, key => store.SaveKey(Apex, key));
            if (!after.Equals(before))
            {
                store.Save(after, before.Keys.Where(key => after.Keys.All(kept => kept.Tag != key.Tag)));
            }

            return (after, events);
        }
    }

    private KeyMaker MakerFor(ZoneKeyState state, Action<DnssecSigningKey> save)
    {
        var taken = state.Keys.Select(key => key.Tag).ToHashSet();
        return (role, algorithm) =>
        {
            for (var attempt = 0; attempt < AttemptsAtTag; attempt++)
            {
                using var key = DnssecSigningKey.Generate(algorithm, role.Flags());
                var revoked = new DnskeyData((ushort)(key.Data.Flags | DnssecKey.RevokedFlag), DnssecKey.Protocol, algorithm, key.Data.PublicKey.ToArray()).Tag();
                if (!taken.Contains(key.Tag) && !taken.Contains(revoked))
                {
                    save(key);
                    taken.Add(key.Tag);
                    return key.Data;
                }
            }

            throw new KeyStoreException(store.Folder, $"No key of {Apex} with a tag of its own could be made.", "Report this: it should not happen.");
        };
    }

    private DnssecSigningKey Open(ZoneKey key)
    {
        if (!_open.TryGetValue(key.Tag, out var signingKey) || !signingKey.Data.Equals(key.Public))
        {
            _open[key.Tag] = signingKey = store.OpenKey(Apex, key);
        }

        return signingKey;
    }
}
