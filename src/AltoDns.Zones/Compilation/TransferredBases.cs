// The transferred zones that a policy builds on, as they are when it is compiled.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using AltoDns.Zones.Transferred;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Compilation;

/// <summary>One look at what has been transferred, so that a load sees one version of each zone.</summary>
internal sealed class TransferredBases
{
    private readonly Dictionary<DomainName, TransferredZone> _zones = [];
    private readonly Dictionary<DomainName, Unavailability> _missing = [];

    private TransferredBases()
    {
    }

    /// <summary>For a policy without transferred bases.</summary>
    public static TransferredBases None { get; } = new();

    /// <summary>What is wrong with bases, as warnings: no error of one is an error of the policy.</summary>
    public ProblemList Faults { get; } = new();

    /// <summary>Zones that cannot be compiled, and why.</summary>
    public IReadOnlyDictionary<DomainName, Unavailability> Missing => _missing;

    /// <param name="transferred">Null where nothing is transferred, as in a check of files.</param>
    public static TransferredBases Of(PolicyDocument policy, TransferredZones? transferred)
    {
        if (!policy.HasTransfers)
        {
            return None;
        }

        var bases = new TransferredBases();
        foreach (var origin in policy.Bases.Where(document => document.Transfer is not null).Select(document => document.Origin!.Value))
        {
            var reason = Unavailability.NotTransferred;
            if (transferred?.FindCurrent(origin, out reason) is { } zone)
            {
                bases._zones.Add(origin, zone);
            }
            else
            {
                bases._missing.Add(origin, reason);
            }
        }

        return bases;
    }

    /// <summary>The base of a zone; null where it has none, or it is missing.</summary>
    public TransferredZone? Find(DomainName origin) => _zones.GetValueOrDefault(origin);

    /// <summary>Whether zones of this policy were compiled from just these versions.</summary>
    public bool AreThoseOf(CompiledPolicy compiled) =>
        compiled.Zones.All(zone => ReferenceEquals(zone.Base, Find(zone.Snapshot.Origin)?.Snapshot) && !_missing.ContainsKey(zone.Snapshot.Origin))
        && _zones.Keys.All(origin => compiled.Zones.Any(zone => zone.Snapshot.Origin == origin));

    /// <summary>The serial of a zone that its policy's files number: that or the time at which the base changed, whichever is later.</summary>
    public uint SerialOf(DomainName origin, uint ofFiles) =>
        Find(origin) is { } zone ? Math.Max(ofFiles, (uint)zone.Changed.ToUnixTimeSeconds()) : ofFiles;

    /// <summary>Whether an RRset of a base is left out: it is what another signer added, and ours adds its own; a DS RRset at the apex is the parent's.</summary>
    public static bool IsLeftOut(RecordType type, bool isApex) =>
        type is RecordType.NSEC or RecordType.NSEC3 or RecordType.RRSIG || (isApex && (UnsignedForm.IsReplacedAtApex(type) || type == RecordType.DS));

    /// <summary>Adds the records of a zone's base to its draft, those of DNSSEC left out; what cannot be served beside the policy is a warning.</summary>
    public static void AddTo(ZoneDraft draft, ZoneContent content, ZoneSnapshot zone, ProblemList problems)
    {
        var builder = draft.Zone;
        var name = new byte[DomainName.MaxLength];
        var (leftOut, firstReason) = (0, "");
        foreach (var node in zone.InOrder)
        {
            foreach (ref readonly var rrset in zone.RRsetsOf(node))
            {
                if (IsLeftOut(rrset.Type, node == ZoneSnapshot.Apex))
                {
                    continue;
                }

                var copy = builder.AddName(name.AsSpan(0, zone.WriteName(node, name)));
                foreach (var data in new RRsetDataEnumerator(zone.DataOf(rrset)))
                {
                    if (ReasonToLeaveOut(content, zone, node, rrset.Type, data) is { } reason)
                    {
                        firstReason = leftOut++ == 0 ? reason : firstReason;
                    }
                    else
                    {
                        builder.AddRecord(copy, rrset.TimeToLive, rrset.Type, data);
                    }
                }
            }
        }

        if (leftOut > 0)
        {
            var others = leftOut == 1 ? "" : $" So it is with {leftOut - 1} more.";
            problems.Warn(new SourcePosition($"base {zone.Origin}", 0, 0), firstReason + others, "Remove it from the base zone.");
        }
    }

    /// <summary>Why a record is not served, as a sentence; null where it is.</summary>
    public static string? ReasonToLeaveOut(ZoneContent content, ZoneSnapshot zone, int node, RecordType type, ReadOnlySpan<byte> data)
    {
        // No other type is left out by any kind of zone.
        if (type is not (RecordType.NAPTR or RecordType.TXT or RecordType.TLSA))
        {
            return null;
        }

        var reader = WireReader.OverData(data);
        return RecordTypes.TryReadData(type, ref reader, out var decoded)
            ? content.ReasonToLeaveOut(new ZoneRecord(zone.NameOf(node), 0, decoded, default))
            : null;
    }
}
