// Reads the DS records of a delegation from the form that the child's operator hands over.

using System.Globalization;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

internal static class DsText
{
    private const string Form = "Write it as KEYTAG ALGORITHM DIGESTTYPE HEX, such as 20326 13 2 and 64 hexadecimal digits.";

    private static readonly NodeShape Shape = new("'ds'", "a list of DS records", "ds: [\"20326 13 2 HEX\"]");

    /// <summary>Reads the records of a list, none twice; what is none is noted and left out.</summary>
    public static IReadOnlyList<RecordData> ReadAll(YamlNode node, ProblemList problems)
    {
        var records = new List<RecordData>();
        foreach (var text in Shape.ReadTexts(node, problems))
        {
            if (Read(text, problems) is not { } data)
            {
                continue;
            }

            if (records.Contains(data))
            {
                problems.Error(text.Position, "The DS record is already listed.", "Keep one of the two.");
                continue;
            }

            records.Add(data);
        }

        return records;
    }

    /// <summary>Reads the data of one record (RFC 4034 §5.3); null, with the problem noted, where the text is none.</summary>
    public static RecordData? Read(YamlScalar text, ProblemList problems)
    {
        var words = text.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Contains("DS", StringComparer.OrdinalIgnoreCase))
        {
            problems.Error(text.Position, "The DS record has its owner, class or type.", "Write only what follows DS.");
            return null;
        }

        if (words.Length < 4
            || !ushort.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var keyTag)
            || !byte.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var algorithm)
            || !byte.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var digestType))
        {
            problems.Error(text.Position, $"'{PrefixText.Excerpt(text.Text)}' is not a DS record's data.", Form);
            return null;
        }

        var digits = string.Concat(words.Skip(3));
        if (digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit))
        {
            problems.Error(text.Position, "The digest of the DS record is not hexadecimal.", "Write two digits for each octet.");
            return null;
        }

        var digest = Convert.FromHexString(digits);
        if (DigestLength(digestType) is var length and > 0 && digest.Length != length)
        {
            problems.Error(
                text.Position,
                $"The digest of the DS record has {digest.Length} octets, but digest type {digestType} has {length}.",
                "Copy it again, whole.");
            return null;
        }

        byte[] octets = [(byte)(keyTag >> 8), (byte)keyTag, algorithm, digestType, .. digest];
        var reader = new WireReader(octets);
        if (RecordTypes.TryReadData(RecordType.DS, ref reader, out var data))
        {
            return data;
        }

        problems.Error(text.Position, $"'{PrefixText.Excerpt(text.Text)}' is not a DS record's data.", Form);
        return null;
    }

    // Octets of SHA-1 (RFC 4034 §A.2), SHA-256 (RFC 4509), GOST (RFC 5933) and SHA-384 (RFC 6605); 0 for others.
    private static int DigestLength(byte digestType) => digestType switch
    {
        1 => 20,
        2 or 3 => 32,
        4 => 48,
        _ => 0,
    };
}
