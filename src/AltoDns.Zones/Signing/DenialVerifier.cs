// Checks that a signed zone's NSEC or NSEC3 chain lists its names and their types, all of them and nothing else.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>One for a zone; what threads need of their own is in their <see cref="Reader"/>.</summary>
internal sealed class DenialVerifier
{
    private const byte OptOutFlag = 1;

    private readonly ZoneSnapshot _zone;

    // Which links of an NSEC3 chain were some name's.
    private readonly bool[] _met;

    private DenialVerifier(ZoneSnapshot zone)
    {
        _zone = zone;
        _met = new bool[zone.Nsec3?.Count ?? 0];
    }

    /// <summary>Prepares for a zone; that it has no chain is a fault.</summary>
    public static DenialVerifier Of(ZoneSnapshot zone, FaultList faults)
    {
        if (zone.Nsec3 is null && zone.FindRRset(ZoneSnapshot.Apex, RecordType.NSEC) < 0)
        {
            faults.Add($"{zone.Origin} has neither an NSEC nor an NSEC3 chain");
        }

        return new DenialVerifier(zone);
    }

    public Reader NewReader() => new(this);

    /// <summary>After every owner was checked: each link of an NSEC3 chain must have been some name's.</summary>
    public void CheckLinks(FaultList faults)
    {
        for (var link = 0; link < _met.Length; link++)
        {
            if (!_met[link])
            {
                faults.Add($"{_zone.Nsec3!.OwnerOf(link, _zone.Origin)} NSEC3: no name of the zone has this hash");
            }
        }
    }

    /// <summary>Checks owners one by one. Not safe for several threads.</summary>
    internal sealed class Reader(DenialVerifier verifier)
    {
        private readonly ZoneSnapshot _zone = verifier._zone;
        private readonly DenialBitmap _bitmap = new();
        private readonly byte[] _name = new byte[DomainName.MaxLength];
        private readonly byte[] _hash = new byte[Nsec3Hash.Length];

        /// <param name="owner">See <see cref="OwnedRRsets"/>.</param>
        public void Check(int owner, ReadOnlySpan<byte> name, FaultList faults)
        {
            if (owner >= _zone.NodeEnd)
            {
                CheckLink(owner - _zone.NodeEnd, name, faults);
            }
            else if (_zone.Nsec3 is not null)
            {
                CheckHashed(owner, name, faults);
            }
            else
            {
                CheckNsec(owner, name, faults);
            }
        }

        private void CheckNsec(int node, ReadOnlySpan<byte> name, FaultList faults)
        {
            var rrset = _zone.FindRRset(node, RecordType.NSEC);
            var isListed = DenialTypes.IsListed(_zone, node);
            if (rrset < 0 || !isListed)
            {
                if (rrset >= 0 || isListed)
                {
                    faults.Add(name, RecordType.NSEC, isListed ? "the name is missing from the chain" : "the name does not belong into the chain");
                }

                return;
            }

            var expected = _name.AsSpan(0, _zone.WriteName(CanonicalSearch.ListedAfter(_zone, node), _name));
            var data = _zone.DataOf(_zone.RRset(rrset))[sizeof(ushort)..];
            var length = WireName.Measure(data);
            if (!WireName.EqualsIgnoreCase(data[..length], expected))
            {
                faults.Add(name, RecordType.NSEC, "the next name is not the one that follows");
            }
            else if (_zone.RRset(rrset).Count != 1 || !data[length..].SequenceEqual(BitmapOf(node, hasNsec: true)))
            {
                faults.Add(name, RecordType.NSEC, "the types are not those of the name");
            }
        }

        private void CheckHashed(int node, ReadOnlySpan<byte> name, FaultList faults)
        {
            if (_zone.FindRRset(node, RecordType.NSEC) >= 0)
            {
                faults.Add(name, RecordType.NSEC, "a zone has either NSEC or NSEC3 records");
            }

            if (!DenialTypes.IsHashed(_zone, node, optOut: false))
            {
                return;
            }

            var chain = _zone.Nsec3!;
            Nsec3Hash.Compute(name, chain.Parameters, _hash);
            var link = chain.Find(_hash, out var isExact);
            if (isExact)
            {
                verifier._met[link] = true;
                if (TryRead(link, out var data) && !data.Types.Wire.SequenceEqual(BitmapOf(node, hasNsec: false)))
                {
                    faults.Add(name, RecordType.NSEC3, "the types are not those of the name");
                }
            }
            else if (DenialTypes.IsHashed(_zone, node, optOut: true) || link < 0 || !TryRead(link, out var covering) || (covering.Flags & OptOutFlag) == 0)
            {
                // RFC 5155 §7.1: only unsigned delegations may be missing, and only where the chain says so.
                faults.Add(name, RecordType.NSEC3, "the name is missing from the chain");
            }
        }

        private void CheckLink(int link, ReadOnlySpan<byte> name, FaultList faults)
        {
            var chain = _zone.Nsec3!;
            var parameters = chain.Parameters;
            if (!TryRead(link, out var data)
                || data.HashAlgorithm != parameters.HashAlgorithm
                || data.Iterations != parameters.Iterations
                || !data.Salt.Span.SequenceEqual(parameters.Salt.Span))
            {
                faults.Add(name, RecordType.NSEC3, "the parameters are not those of NSEC3PARAM");
            }
            else if (!data.NextHash.Span.SequenceEqual(chain.HashOf(link + 1 == chain.Count ? 0 : link + 1)))
            {
                faults.Add(name, RecordType.NSEC3, "the next hash is not the one that follows");
            }
        }

        private ReadOnlySpan<byte> BitmapOf(int node, bool hasNsec) => _bitmap.Of(_zone.RRsetsOf(node), _zone.Node(node).Flags, hasNsec);

        private bool TryRead(int link, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Nsec3Data? data)
        {
            ref readonly var rrset = ref _zone.RRset(_zone.Nsec3!.RRsetOf(link));
            var reader = WireReader.OverData(_zone.DataOf(rrset)[sizeof(ushort)..]);
            data = null;
            return rrset.Count == 1 && Nsec3Data.TryRead(ref reader, out data);
        }
    }
}
