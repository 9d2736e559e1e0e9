// Odd packets with the response code, or the silence, that each deserves: the lines of vectors/packets.txt.

using AltoDns.Protocol.Messages;

namespace AltoDns.Testing;

/// <param name="Expected">A response code's mnemonic, or <see cref="Silence"/>.</param>
/// <param name="Nsd">What NSD does, the same or different for a reason that the file gives.</param>
public sealed record PacketCase(string Name, byte[] Octets, string Expected, string Nsd)
{
    public const string Silence = "silence";

    /// <summary>A master file of the zone that the packets ask about.</summary>
    public const string ZoneText = """
        $ORIGIN example.
        $TTL 3600
        @   SOA ns.example. hostmaster.example. 1 7200 600 86400 300
        @   NS  ns.example.net.
        www A   192.0.2.1

        """;

    public static IReadOnlyList<PacketCase> All { get; } =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "packets.txt")).Where(line => !line.StartsWith('#')).Select(Parse)];

    /// <summary>The response code of an answer, <see cref="Silence"/> where there is none.</summary>
    /// <exception cref="FormatException">The octets are no well-formed answer.</exception>
    public static string Describe(ReadOnlySpan<byte> answer) =>
        answer.IsEmpty ? Silence : AnswerMessage.Parse(answer).ResponseCode.Mnemonic();

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private static PacketCase Parse(string line)
    {
        var fields = line.Split('|').Select(field => field.Trim()).ToArray();
        var octets = Convert.FromHexString(fields[1].Replace(" ", "", StringComparison.Ordinal));
        var nsd = fields.Length > 3 ? fields[3].Split(':')[0] : fields[2];
        return new PacketCase(fields[0], octets, fields[2], nsd);
    }
}
