// What an operator says about who is answered, and how often.

using AltoDns.Protocol.Names;
using AltoDns.Server.Access;

namespace AltoDns.Server.Protection;

public sealed record ProtectionOptions
{
    /// <summary>Null for no limit.</summary>
    public RateLimitOptions? RateLimit { get; init; }

    /// <summary>Who may ask about zones that <see cref="AllowQueryByZone"/> does not name; null for anybody.</summary>
    public AccessList? AllowQuery { get; init; }

    public IReadOnlyDictionary<DomainName, AccessList> AllowQueryByZone { get; init; } = new Dictionary<DomainName, AccessList>();
}
