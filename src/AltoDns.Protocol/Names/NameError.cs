// Why a text is not a domain name.

namespace AltoDns.Protocol.Names;

public enum NameError
{
    None,
    Empty,
    EmptyLabel,
    LabelTooLong,
    NameTooLong,
    BadEscape,
}

public static class NameErrors
{
    /// <summary>The fault and its remedy as the end of a sentence, without a full stop.</summary>
    public static string Describe(this NameError error) => error switch
    {
        NameError.None => "it is well formed",
        NameError.Empty => "it is empty; write '.' for the root or '@' for the origin",
        NameError.EmptyLabel => "it has an empty label; remove the extra dot",
        NameError.LabelTooLong => "a label is longer than 63 octets; shorten it (RFC 1035 §2.3.4)",
        NameError.NameTooLong => "it is longer than 255 octets with its origin; shorten it (RFC 1035 §2.3.4)",
        NameError.BadEscape => "a backslash must be followed by a character or by three digits from 000 to 255 (RFC 1035 §5.1)",
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };
}
