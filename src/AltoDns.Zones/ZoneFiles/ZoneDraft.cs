// A zone as its files give it: the builder that gathers the records, and the place that each of them came from.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.ZoneFiles;

/// <summary>Takes the records of one zone from any number of files. Not safe for several threads.</summary>
/// <param name="zone">Empty of records; positions are kept for those that <see cref="Add"/> gives it.</param>
/// <param name="file">What problems of the zone as a whole name.</param>
/// <param name="problems">At most 1,000 errors are added, then a line that says so.</param>
public sealed class ZoneDraft(ZoneBuilder zone, string file, ProblemList problems)
{
    private readonly List<RecordPlace> _places = [];
    private readonly List<FileRun> _runs = [];
    private DomainName _lastOwner;
    private int _lastNode;

    public ZoneBuilder Zone { get; } = zone;

    internal CappedProblems Problems { get; } = new(problems, file);

    internal SourcePosition WholeZone { get; } = new(file, 0, 0);

    /// <summary>Adds a record; one outside the zone is an error and is left out. Fits <see cref="MasterFileReader"/>'s callback.</summary>
    public void Add(ZoneRecord record)
    {
        var owner = record.Owner;
        if (_places.Count == 0 || !(owner.Wire == _lastOwner.Wire)) // the same memory, not only the same name
        {
            if (!owner.IsSubdomainOf(Zone.Origin))
            {
                Problems.Error(
                    record.Position, $"{owner} lies outside the zone.",
                    $"Remove the record, or name {Zone.Origin} or something below it; a missing or extra final dot is the usual cause.");
                return;
            }

            _lastOwner = owner;
            _lastNode = Zone.AddName(owner);
        }

        if (_runs.Count == 0 || !ReferenceEquals(_runs[^1].File, record.Position.File))
        {
            _runs.Add(new FileRun(_places.Count, record.Position.File));
        }

        _places.Add(new RecordPlace(record.Position.Line, (ushort)Math.Min(record.Position.Column, ushort.MaxValue)));
        Zone.AddRecord(_lastNode, record.TimeToLive, record.Data);
    }

    /// <summary>Where a record of the builder came from.</summary>
    /// <param name="record">Its index in the builder.</param>
    internal SourcePosition PositionOf(int record)
    {
        if (record >= _places.Count)
        {
            return WholeZone;
        }

        var low = 0;
        for (var high = _runs.Count - 1; low < high;)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _runs[middle].FirstRecord <= record ? (middle, high) : (low, middle - 1);
        }

        return new SourcePosition(_runs[low].File, _places[record].Line, _places[record].Column);
    }

    private readonly record struct RecordPlace(int Line, ushort Column);

    /// <summary>Records from here to the next run come from this file.</summary>
    private readonly record struct FileRun(int FirstRecord, string File);
}
