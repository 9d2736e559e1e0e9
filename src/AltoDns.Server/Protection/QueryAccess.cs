// Who may ask what: the rules for all zones, and those of single zones in their place.

using System.Net;
using AltoDns.Protocol.Names;
using AltoDns.Server.Access;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Protection;

/// <summary>Immutable; asked for each query, without allocation where no rule names a key.</summary>
internal sealed class QueryAccess
{
    private readonly Rules? _usual;
    private readonly Dictionary<DomainName, Rules> _byZone;

    /// <param name="usual">Null where anybody may ask about zones without rules of their own.</param>
    public QueryAccess(AccessList? usual, IReadOnlyDictionary<DomainName, AccessList> byZone)
    {
        _usual = usual is null ? null : new Rules(usual);
        _byZone = byZone.ToDictionary(entry => entry.Key, entry => new Rules(entry.Value));
    }

    /// <param name="zone">Null for a question about no zone.</param>
    /// <param name="client">4 or 16 octets in network order.</param>
    /// <param name="key">The key whose signature was verified; null where there was none.</param>
    public bool Allows(ZoneSnapshot? zone, ReadOnlySpan<byte> client, DomainName? key)
    {
        var rules = zone is not null && _byZone.Count > 0 && _byZone.TryGetValue(zone.Origin, out var own) ? own : _usual;
        return rules is null || rules.Allow(client, key);
    }

    private sealed class Rules
    {
        private readonly bool _allowsAll;
        private readonly AddressRanges _prefixes;
        private readonly AccessList? _withKeys;

        public Rules(AccessList list)
        {
            var open = list.Rules.Where(rule => rule.Key is null).ToList();
            var withKeys = list.Rules.Where(rule => rule.Key is not null).ToList();
            _allowsAll = open.Any(rule => rule.Prefix is null);
            _prefixes = new AddressRanges(open.Select(rule => rule.Prefix).OfType<IPPrefix>());
            _withKeys = withKeys.Count == 0 ? null : new AccessList(withKeys);
        }

        public bool Allow(ReadOnlySpan<byte> client, DomainName? key) =>
            _allowsAll
            || _prefixes.Contains(client)
            || (key is not null && _withKeys is not null && _withKeys.Allows(new IPAddress(client), key));
    }
}
