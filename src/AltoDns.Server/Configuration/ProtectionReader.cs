// Reads what the configuration says of who is answered, how often, and who is told of it.

using AltoDns.Protocol.Names;
using AltoDns.Server.Access;
using AltoDns.Server.Observing.Tap;
using AltoDns.Server.Protection;

namespace AltoDns.Server.Configuration;

internal static class ProtectionReader
{
    /// <param name="allowQuery">Null where anybody may ask.</param>
    /// <param name="byZone">The zones with rules of their own.</param>
    public static ProtectionOptions Read(SettingValues values, AccessList? allowQuery, IReadOnlyDictionary<DomainName, AccessList> byZone) => new()
    {
        RateLimit = values.Get(ProtectionSettings.RateLimit, false) ? RateLimitOf(values) : null,
        AllowQuery = allowQuery,
        AllowQueryByZone = byZone,
    };

    public static TapOptions ReadTap(SettingValues values) => new()
    {
        DnstapSocket = values.TryGet(ObservingSettings.DnstapSocket, out var socket) ? socket : null,
        Identity = values.Get(ServerSettings.Identity, Environment.MachineName),
        SampleOneIn = values.Get(ObservingSettings.SampleOneIn, 0),
        SampleFile = values.TryGet(ObservingSettings.SampleFile, out var file) ? file : null,
    };

    private static RateLimitOptions RateLimitOf(SettingValues values)
    {
        var usual = new RateLimitOptions();
        return new RateLimitOptions
        {
            Rate = values.Get(ProtectionSettings.Rate, usual.Rate),
            TotalRate = values.Get(ProtectionSettings.TotalRate, usual.TotalRate),
            Slip = values.Get(ProtectionSettings.Slip, usual.Slip),
            IPv4Length = values.Get(ProtectionSettings.IPv4Length, usual.IPv4Length),
            IPv6Length = values.Get(ProtectionSettings.IPv6Length, usual.IPv6Length),
            Accounts = values.Get(ProtectionSettings.Accounts, usual.Accounts),
            Exempt = values.Get(ProtectionSettings.Exempt, []),
        };
    }
}
