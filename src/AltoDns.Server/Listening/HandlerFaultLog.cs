// Reports exceptions from answering without letting a flood of bad queries become a flood of log lines.

using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Listening;

/// <summary>Passes at most one report a minute. Safe for any number of threads.</summary>
internal sealed class HandlerFaultLog(TimeProvider timeProvider, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _lastReport;

    public void Report(Exception exception)
    {
        var now = timeProvider.GetTimestamp();
        lock (_gate)
        {
            if (_lastReport is { } last && timeProvider.GetElapsedTime(last, now) < Interval)
            {
                return;
            }

            _lastReport = now;
        }

        logger.AnsweringFailed(exception);
    }
}
