// What an operator is told when a zone cannot be signed.

using System.Security.Cryptography;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

public static class SigningProblems
{
    /// <summary>Whether signing throws this for a zone or a key that it cannot sign with.</summary>
    public static bool IsSigningFault(Exception exception) => exception is CryptographicException or InvalidOperationException or AggregateException;

    public static Problem CannotSign(ZoneSnapshot zone, Exception exception) => Error(
        zone, $"The zone cannot be signed: {exception.Message}", "Report this as a fault of the program, with the zone if you can.");

    public static Problem NotValid(ZoneSnapshot zone, VerificationResult result) => Error(
        zone,
        $"The zone was signed, but the outcome is not valid and is not served: {result}.",
        "Look at the clock and at the base zone; if they are right, report this as a fault of the program.");

    private static Problem Error(ZoneSnapshot zone, string fault, string remedy) =>
        new(Severity.Error, new SourcePosition(zone.Origin.ToString(), 0, 0), fault, remedy);
}
