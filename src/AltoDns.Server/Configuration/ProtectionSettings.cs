// The table of settings of who is answered, and how often.

using AltoDns.Protocol.Names;

namespace AltoDns.Server.Configuration;

/// <summary>A part of <see cref="ServerSettings"/>; docs/protection.md says how to choose.</summary>
public static class ProtectionSettings
{
    private const int MaxRate = 1_000_000;

    private static readonly List<Setting> Rows = [];

    /// <summary>In the order of the sample and the reference.</summary>
    public static IReadOnlyList<Setting> All => Rows;

    public static Setting AllowQuery { get; } = Add(new RuleSetting("allow-query", "a prefix, a rule, or a list of these", "RULE", ValueKinds.FindRuleMistake)
    {
        IsLive = true,
        Option = "--allow-query",
        Otherwise = "anybody",
        Example = "[192.0.2.0/24, 2001:db8::/32]",
        Description = "Who may ask: PREFIX, 'PREFIX key NAME', key:NAME or any, or in the file a map; others get REFUSED. Unless 'zones' says otherwise of one.",
    });

    public static Setting<bool> RateLimit { get; } = Add(new SingleSetting<bool>("rate-limit.enabled", ValueKinds.Flag)
    {
        IsLive = true,
        Option = "--rate-limit",
        Default = "false",
        Example = "true",
        Description = "Whether a network of clients gets only so many answers a second over UDP, so that forged questions do not flood it; docs/protection.md.",
    });

    public static Setting<int> Rate { get; } = Add(new SingleSetting<int>("rate-limit.rate", ValueKinds.Number("a number of answers a second", 1, MaxRate))
    {
        IsLive = true,
        Option = "--rate-limit-rate",
        Default = "200",
        Example = "50",
        Description = "Answers of one kind a second for one network: the same RRset, the same referral, what is not there in one zone, or errors.",
    });

    public static Setting<int> TotalRate { get; } = Add(new SingleSetting<int>("rate-limit.total-rate", ValueKinds.Number("a number of answers a second", 0, MaxRate))
    {
        IsLive = true,
        Default = "1000",
        Example = "5000",
        Description = "Answers of all kinds a second for one network; 0 for no such limit.",
    });

    public static Setting<int> Slip { get; } = Add(new SingleSetting<int>("rate-limit.slip", ValueKinds.Number("a number of answers", 0, 10))
    {
        IsLive = true,
        Default = "2",
        Example = "1",
        Description = "Of the answers over the limit one in so many is sent truncated and empty, so that a client that is there comes back over TCP; 0 for none, 1 for all.",
    });

    public static Setting<int> IPv4Length { get; } = Add(new SingleSetting<int>("rate-limit.ipv4-prefix", ValueKinds.Number("a prefix length", 8, 32))
    {
        IsLive = true,
        Default = "24",
        Example = "32",
        Description = "Bits of IPv4 addresses that a network has in common.",
    });

    public static Setting<int> IPv6Length { get; } = Add(new SingleSetting<int>("rate-limit.ipv6-prefix", ValueKinds.Number("a prefix length", 16, 64))
    {
        IsLive = true,
        Default = "56",
        Example = "48",
        Description = "Bits of IPv6 addresses that a network has in common.",
    });

    public static Setting<int> Accounts { get; } = Add(new SingleSetting<int>("rate-limit.accounts", ValueKinds.Number("a number of accounts", 1024, 1 << 26))
    {
        IsLive = true,
        Default = "65536",
        Example = "1048576",
        Description = "Accounts that are kept, 8 octets each, rounded up to a power of two; when there are too few, the quietest are forgotten.",
    });

    public static Setting<IReadOnlyList<IPPrefix>> Exempt { get; } = Add(new ListSetting<IPPrefix>("rate-limit.exempt", "a prefix or a list of prefixes", ValueKinds.Prefix)
    {
        IsLive = true,
        Option = "--rate-limit-exempt",
        Otherwise = "nobody",
        Example = "[192.0.2.0/24, 2001:db8::/32]",
        Description = "Clients without a limit, such as one's own resolvers.",
    });

    private static T Add<T>(T row)
        where T : Setting
    {
        Rows.Add(row);
        return row;
    }
}
