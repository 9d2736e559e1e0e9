// Refuses a file that is no text before a parser makes something else of it.

using System.Text.Unicode;

namespace AltoDns.Zones.Configuration.Yaml;

internal static class Utf8Text
{
    /// <summary>Whether a file's octets are text; if not, notes where they are none.</summary>
    public static bool Check(byte[] text, string file, ProblemList problems)
    {
        // To YAML's parser a zero octet is the end: what follows would be lost in silence.
        var fault = Array.IndexOf(text, (byte)0);
        if (fault < 0 && Utf8.IsValid(text))
        {
            return true;
        }

        fault = fault < 0 ? FirstBadOctet(text) : fault;
        var before = text.AsSpan(0, fault);
        problems.Error(
            new SourcePosition(file, before.Count((byte)'\n') + 1, fault - before.LastIndexOf((byte)'\n')),
            "The file is not UTF-8 text.",
            "Save it as UTF-8.");
        return false;
    }

    private static int FirstBadOctet(byte[] text)
    {
        Utf8.ToUtf16(text, new char[text.Length], out var read, out _, replaceInvalidSequences: false);
        return read;
    }
}
