// Record and query classes (IANA "DNS CLASSes").

using System.Globalization;

namespace AltoDns.Protocol.Messages;

public enum RecordClass : ushort
{
    Internet = 1,
    Chaos = 3,
    Hesiod = 4,
    None = 254,
    Any = 255,
}

public static class RecordClasses
{
    /// <summary>IN, CH, HS, NONE, ANY, or CLASS and the number (RFC 3597 §5).</summary>
    public static string Mnemonic(this RecordClass recordClass) => recordClass switch
    {
        RecordClass.Internet => "IN",
        RecordClass.Chaos => "CH",
        RecordClass.Hesiod => "HS",
        RecordClass.None => "NONE",
        RecordClass.Any => "ANY",
        _ => string.Create(CultureInfo.InvariantCulture, $"CLASS{(ushort)recordClass}"),
    };
}
