// Reads the files of test vectors: one a line, fields between vertical bars, '#' starts a comment.

using System.Globalization;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Tests;

internal static class VectorFile
{
    /// <summary>The lines that hold a vector.</summary>
    public static TheoryData<string> Lines(string file) =>
        new(File.ReadLines(Path.Combine(AppContext.BaseDirectory, "vectors", file)).Where(line => line.Length > 0 && line[0] != '#'));

    public static string[] Fields(string line) => line.Split('|').Select(field => field.Trim()).ToArray();

    public static RecordType Type(string mnemonic) =>
        RecordTypes.TryParseMnemonic(mnemonic, out var type)
            ? type
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{mnemonic}' is no record type."));
}

/// <summary>One line of records.txt.</summary>
internal sealed record RecordVector(RecordType Type, string Presentation, byte[] Wire, string Canonical)
{
    public static RecordVector Parse(string line)
    {
        var fields = VectorFile.Fields(line);
        return new RecordVector(VectorFile.Type(fields[0]), fields[1], Convert.FromHexString(fields[2]), fields.Length > 3 ? fields[3] : fields[1]);
    }
}
