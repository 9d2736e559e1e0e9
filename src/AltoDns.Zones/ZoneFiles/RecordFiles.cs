// Notes which files records come from, so that a change of an included one is noticed too.

namespace AltoDns.Zones.ZoneFiles;

/// <summary>Passes records on; records come in runs of one file.</summary>
internal sealed class RecordFiles(ICollection<string> files, Action<ZoneRecord> next)
{
    private string? _last;

    public void Add(ZoneRecord record)
    {
        if (!ReferenceEquals(_last, record.Position.File))
        {
            _last = record.Position.File;
            files.Add(_last);
        }

        next(record);
    }
}
