// How long what is published or withdrawn takes to reach every cache (RFC 7583 §3).

using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Keys;

/// <summary>The delays of one zone at one moment. The time to sign is not among them: they run from when the signed zone is served.</summary>
internal readonly struct RolloverDelays(ZoneKeyState state, DnssecPolicy policy)
{
    /// <summary>A change of the DNSKEY RRset (RFC 7583 §3.2.1: Ipub, less signing).</summary>
    public TimeSpan Dnskey { get; } =
        Max(state.DnskeyTimeToLive.Value, policy.DnskeyTimeToLive) + policy.PropagationDelay + policy.SafetyMargin;

    /// <summary>A change of the signing key (RFC 7583 §3.2.1: Iret, less signing).</summary>
    public TimeSpan Signatures { get; } = state.ZoneTimeToLive.Value + policy.PropagationDelay + policy.SafetyMargin;

    /// <summary>A change of the DS RRset (RFC 7583 §3.3.1: Iret).</summary>
    public TimeSpan Ds { get; } =
        Max(state.DsTimeToLive, policy.ParentDsTimeToLive) + policy.ParentPropagationDelay + policy.SafetyMargin;

    /// <summary>When a delay ends that has begun; null where none has.</summary>
    public static DateTimeOffset? End(SpreadState element, TimeSpan delay) =>
        element.Spread is Spread.Rumoured or Spread.Unretentive ? element.Since + delay : null;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
