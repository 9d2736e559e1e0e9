// Tells of refused updates without letting a flood of them become a flood of log lines.

using System.Net;
using AltoDns.Protocol.Names;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Updates;

/// <summary>Passes a burst of lines, then so many a second. Safe for any number of threads.</summary>
internal sealed class RefusalLog(ILogger logger)
{
    private const int Burst = 100;
    private const int PerSecond = 5;

    private readonly Lock _gate = new();
    private long _second;
    private int _left = Burst;

    public void Refused(DomainName zone, IPAddress client, DomainName key, string reason, long unixTime)
    {
        if (Passes(unixTime))
        {
            logger.UpdateRefused(zone, client, key.ToString(), reason);
        }
    }

    public void NotAuthenticated(IPAddress client, string reason, long unixTime)
    {
        if (Passes(unixTime))
        {
            logger.UpdateNotAuthenticated(client, reason);
        }
    }

    private bool Passes(long unixTime)
    {
        lock (_gate)
        {
            if (unixTime > _second)
            {
                _left = (int)Math.Min(Burst, _left + Math.Min(Burst, unixTime - _second) * PerSecond);
                _second = unixTime;
            }

            return _left > 0 && _left-- > 0;
        }
    }
}
