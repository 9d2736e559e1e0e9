// Keeps a flood of equal events from becoming a flood of log lines.

namespace AltoDns.Server.PowerDns;

/// <summary>Lets each kind of message through once a minute. Safe for any number of threads.</summary>
internal sealed class OncePerMinute(TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);

    public bool MaySpeak(string kind)
    {
        var now = timeProvider.GetTimestamp();
        lock (_gate)
        {
            if (_last.TryGetValue(kind, out var last) && timeProvider.GetElapsedTime(last, now) < Interval)
            {
                return false;
            }

            _last[kind] = now;
            return true;
        }
    }
}
