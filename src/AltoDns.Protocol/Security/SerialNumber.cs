// Serial number arithmetic (RFC 1982): zone serials and signature times, which wrap around.

namespace AltoDns.Protocol.Security;

public static class SerialNumber
{
    /// <summary>
    /// Negative where <paramref name="left"/> comes before <paramref name="right"/>. Two numbers 2^31 apart, whose order
    /// RFC 1982 §3.2 leaves undefined, come before each other.
    /// </summary>
    public static int Compare(uint left, uint right) => unchecked((int)(left - right));
}
