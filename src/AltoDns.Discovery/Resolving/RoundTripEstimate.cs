// How long a server takes to answer, smoothed over its answers as TCP does it (RFC 6298 §2).

namespace AltoDns.Discovery.Resolving;

/// <summary>Safe for several threads.</summary>
internal sealed class RoundTripEstimate(TimeSpan firstTimeout)
{
    private const double MinTimeoutSeconds = 0.25;
    private const double MaxTimeoutSeconds = 4;
    private const double Unknown = -1;

    private readonly Lock _gate = new();
    private double _smoothed = Unknown;
    private double _variation;
    private int _failures;

    /// <summary>How long to wait before asking again: doubled for each time in a row that the server was silent.</summary>
    public TimeSpan Timeout
    {
        get
        {
            lock (_gate)
            {
                var seconds = _smoothed < 0
                    ? firstTimeout.TotalSeconds
                    : Math.Max(MinTimeoutSeconds, _smoothed + 4 * _variation);
                return TimeSpan.FromSeconds(Math.Min(Math.Max(MaxTimeoutSeconds, firstTimeout.TotalSeconds), seconds * (1 << Math.Min(_failures, 4))));
            }
        }
    }

    /// <summary>What servers are ordered by: seconds expected, more for each failure in a row; a server not yet asked comes first.</summary>
    public double Cost
    {
        get
        {
            lock (_gate)
            {
                return Math.Max(0, _smoothed) + _failures * MinTimeoutSeconds;
            }
        }
    }

    public void Add(TimeSpan roundTrip)
    {
        var seconds = roundTrip.TotalSeconds;
        lock (_gate)
        {
            _failures = 0;
            if (_smoothed < 0)
            {
                _smoothed = seconds;
                _variation = seconds / 2;
                return;
            }

            _variation = 0.75 * _variation + 0.25 * Math.Abs(_smoothed - seconds);
            _smoothed = 0.875 * _smoothed + 0.125 * seconds;
        }
    }

    /// <summary>The server was silent, or refused.</summary>
    public void AddFailure()
    {
        lock (_gate)
        {
            _failures++;
        }
    }
}
