// Walks the names of a zone in canonical order.

namespace AltoDns.Zones.Serving;

/// <summary>Goes from the apex to the last name (RFC 4034 §6.1), whether the zone is frozen or edited.</summary>
internal sealed class NodeWalk(ZoneSnapshot zone)
{
    private readonly IEnumerator<IdRun> _runs = (zone.Parts.Order?.Runs ?? [new IdRun(0, zone.NodeEnd)]).GetEnumerator();
    private int _next;
    private int _end;

    /// <summary>The next node; -1 behind the last.</summary>
    public int Next()
    {
        if (_next == _end)
        {
            if (!_runs.MoveNext())
            {
                return -1;
            }

            _next = _runs.Current.Start;
            _end = _next + _runs.Current.Length;
        }

        return _next++;
    }
}
