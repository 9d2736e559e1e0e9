// How far an answer can be trusted (RFC 4035 §4.3). Bogus data is no answer at all: a lookup that meets it fails.

namespace AltoDns.Discovery;

/// <summary>From the least to the most that is known: the weakest of several is the smallest.</summary>
public enum LookupSecurity
{
    /// <summary>Nobody checked: the resolver is not trusted, or did not say, or there is no trust anchor for the name.</summary>
    Indeterminate = 0,

    /// <summary>It was checked, and proven, that the name lies in an unsigned zone, or in one signed in a way unknown here.</summary>
    Insecure = 1,

    /// <summary>Signed, and every signature from a trust anchor down was verified: here, or by a trusted resolver that says so (AD).</summary>
    Secure = 2,
}

internal static class LookupSecurities
{
    public static LookupSecurity Weaker(LookupSecurity left, LookupSecurity right) => left < right ? left : right;
}
