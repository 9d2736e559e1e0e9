// The kinds of roll-over that a zone can go through, each with the settings before and after.

namespace AltoDns.Interop.Tests.Dnssec.Rolling;

/// <param name="Name">What messages call it; also the name of files.</param>
/// <param name="Before">Settings of <c>dnssec</c> that the zone begins with.</param>
/// <param name="After">Those that start the roll-over; null: it is asked for by <c>altodns keys roll</c>.</param>
/// <param name="Role">Which key it is asked for, where the zone has two.</param>
internal sealed record RollKind(string Name, string Before, string? After, string? Role)
{
    public static RollKind Combined { get; } = new("csk", "keys: csk", null, "csk");

    /// <summary>Every kind that the documentation knows.</summary>
    public static IReadOnlyList<RollKind> All { get; } =
    [
        Combined,
        new("ksk", "keys: ksk+zsk", null, "ksk"),
        new("zsk", "keys: ksk+zsk", null, "zsk"),
        new("zsk-nsec3", "keys: ksk+zsk, denial: nsec3", null, "zsk"),
        new("algorithm", "algorithm: rsa-sha256", "algorithm: ecdsa-p256", null),
        new("algorithm-of-two", "keys: ksk+zsk", "keys: ksk+zsk, algorithm: ecdsa-p384", null),
        new("split", "keys: csk", "keys: ksk+zsk", null),
        new("joined", "keys: ksk+zsk", "keys: csk", null),
    ];
}
