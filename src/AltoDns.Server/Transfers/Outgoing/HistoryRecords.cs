// What changed from one version of a zone to another, as an incremental transfer has it (RFC 1995 §4).

using AltoDns.Zones.History;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Transfers.Outgoing;

/// <summary>The SOA of the version at hand, the differences, and the SOA again; without differences the SOA once, which says that there are none.</summary>
/// <param name="differences">Records in the form of <see cref="DeltaEncoding"/>: of each step what it removes, then what it adds, each with its SOA first.</param>
internal sealed class HistoryRecords(ZoneSnapshot zone, byte[]? differences) : IWireRecords
{
    private readonly byte[] _apex = zone.Origin.Wire.ToArray();
    private Part _part;
    private int _next;
    private int _start;

    private enum Part
    {
        Start,
        FirstSoa,
        Differences,
        LastSoa,
    }

    public WireRecord Current
    {
        get
        {
            if (_part != Part.Differences)
            {
                ref readonly var soa = ref zone.RRset(zone.SoaRRset);
                return new WireRecord(_apex, RecordType.SOA, soa.TimeToLive, zone.DataOf(soa)[sizeof(ushort)..]);
            }

            DeltaEncoding.Read(differences.AsSpan(_start), out var owner, out var type, out var timeToLive, out var data);
            return new WireRecord(owner, type, timeToLive, data);
        }
    }

    public bool MoveNext()
    {
        switch (_part)
        {
            case Part.Start:
                _part = Part.FirstSoa;
                return true;
            case Part.LastSoa:
            case Part.FirstSoa when differences is null:
                _part = Part.LastSoa;
                return false;
            default:
                if (_next == differences!.Length)
                {
                    _part = Part.LastSoa;
                    return true;
                }

                _part = Part.Differences;
                _start = _next;
                _next += DeltaEncoding.Read(differences.AsSpan(_start), out _, out _, out _, out _);
                return true;
        }
    }
}
