// How long a secondary waits before it asks again, as the zone's SOA record says (RFC 1034 §4.3.5, RFC 1035 §3.3.13).

using AltoDns.Protocol.Records;

namespace AltoDns.Server.Transfers.Incoming;

internal static class RefreshTimes
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(1);

    // RFC 1035 §3.3.13 gives no bounds; with a mistaken SOA a zone is still looked at once a day, and tried each hour.
    private static readonly TimeSpan MostRefresh = TimeSpan.FromDays(1);
    private static readonly TimeSpan MostRetry = TimeSpan.FromHours(1);

    // What is not on disk yet is tried again soon.
    private static readonly TimeSpan MostUnsaved = TimeSpan.FromMinutes(1);

    /// <param name="failures">Attempts that failed one after the other; after each the wait is twice as long, up to what the SOA record says.</param>
    /// <param name="soa">Null where the zone has never come.</param>
    /// <param name="isUnsaved">Whether the zone could not be written to disk.</param>
    public static TimeSpan WaitAfter(int failures, SoaData? soa, bool isUnsaved)
    {
        if (failures > 0 || soa is null)
        {
            var most = soa is null ? MostRetry : Between(TimeSpan.FromSeconds(soa.Retry), MostRetry);
            return Between(FirstRetry * Math.Pow(2, Math.Clamp(failures, 1, 30) - 1), most);
        }

        var refresh = Between(TimeSpan.FromSeconds(soa.Refresh), MostRefresh);
        return isUnsaved ? Between(MostUnsaved, refresh) : refresh;
    }

    private static TimeSpan Between(TimeSpan wanted, TimeSpan most)
    {
        var wait = wanted < most ? wanted : most;
        return wait > LeastWait ? wait : LeastWait;
    }
}
