// The keys that chains of trust begin with: the root's, as IANA publishes them, or those of the zones that a user names.

using System.Globalization;
using System.Text;
using System.Xml;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Discovery.Validating;

/// <summary>The digest of one key of a zone, and when it may be used.</summary>
/// <param name="ValidFrom">Null for any time before.</param>
/// <param name="ValidUntil">Null for any time after.</param>
public sealed record TrustAnchor(DomainName Zone, DsData Digest, DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidUntil = null);

/// <summary>Immutable. Adding anchors makes a new set.</summary>
public sealed class TrustAnchors
{
    private readonly List<TrustAnchor> _anchors;

    public TrustAnchors(IEnumerable<TrustAnchor> anchors) => _anchors = [.. anchors];

    public IReadOnlyList<TrustAnchor> All => _anchors;

    /// <summary>The root's key-signing keys of 2017 (tag 20326) and 2024 (tag 38696).</summary>
    public static TrustAnchors Root { get; } = new(
    [
        RootKey(20326, "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"),
        RootKey(38696, "683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"),
    ]);

    /// <summary>Reads the XML file that IANA publishes (RFC 9718 §2).</summary>
    /// <exception cref="FormatException">The text is no such file.</exception>
    public static TrustAnchors ParseXml(string text)
    {
        try
        {
            var document = new XmlDocument { XmlResolver = null };
            using var reader = XmlReader.Create(
                new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 1 << 20 });
            document.Load(reader);
            if (document.DocumentElement is not { Name: "TrustAnchor" } root)
            {
                throw new FormatException("The file has no TrustAnchor element (RFC 9718).");
            }

            var zone = DomainName.Parse(root["Zone"]?.InnerText.Trim() ?? throw new FormatException("The file names no Zone (RFC 9718)."));
            return new TrustAnchors(root.GetElementsByTagName("KeyDigest").OfType<XmlElement>().Select(element => ReadDigest(zone, element)));
        }
        catch (XmlException exception)
        {
            throw new FormatException($"The trust anchors are no XML: {exception.Message}", exception);
        }
    }

    /// <summary>Reads DS and DNSKEY records in presentation form, one a line, as dig prints them; <c>;</c> begins a comment.</summary>
    /// <exception cref="FormatException">A line is something else; the message has it.</exception>
    public static TrustAnchors ParseRecords(string text) => new(
        text.Split('\n')
            .Select(line => line.Split(';')[0].Trim())
            .Where(line => line.Length > 0)
            .Select(ParseRecord));

    /// <summary>Reads either form.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static TrustAnchors Parse(string text) => text.TrimStart('\uFEFF', ' ', '\t', '\r', '\n').StartsWith('<') ? ParseXml(text) : ParseRecords(text);

    public TrustAnchors With(TrustAnchors others) => new(_anchors.Concat(others._anchors));

    /// <summary>The deepest zone with an anchor at or above a name; null where there is none.</summary>
    internal DomainName? ClosestZone(DomainName name)
    {
        var zones = _anchors.Where(anchor => name.IsSubdomainOf(anchor.Zone)).Select(anchor => anchor.Zone).ToList();
        return zones.Count == 0 ? null : zones.MaxBy(zone => zone.LabelCount);
    }

    /// <summary>The digests of a zone's anchors that hold at a time.</summary>
    internal IReadOnlyList<DsData> DigestsOf(DomainName zone, DateTimeOffset now) =>
    [
        .. _anchors
            .Where(anchor => anchor.Zone == zone && !(now < anchor.ValidFrom) && !(now >= anchor.ValidUntil))
            .Select(anchor => anchor.Digest),
    ];

    private static TrustAnchor RootKey(ushort tag, string digest) =>
        new(DomainName.Root, new DsData(tag, DnssecAlgorithm.RsaSha256, DigestType.Sha256, Convert.FromHexString(digest)));

    private static TrustAnchor ReadDigest(DomainName zone, XmlElement element)
    {
        try
        {
            var digest = new DsData(
                ushort.Parse(Text("KeyTag"), NumberStyles.None, CultureInfo.InvariantCulture),
                (DnssecAlgorithm)byte.Parse(Text("Algorithm"), NumberStyles.None, CultureInfo.InvariantCulture),
                (DigestType)byte.Parse(Text("DigestType"), NumberStyles.None, CultureInfo.InvariantCulture),
                Convert.FromHexString(string.Concat(Text("Digest").Where(character => !char.IsWhiteSpace(character)))));
            return new TrustAnchor(zone, digest, Time("validFrom"), Time("validUntil"));
        }
        catch (Exception exception) when (exception is OverflowException or FormatException)
        {
            throw new FormatException($"A KeyDigest cannot be read (RFC 9718 §2.1): {exception.Message}", exception);
        }

        string Text(string name) => element[name]?.InnerText.Trim() ?? throw new FormatException($"{name} is missing.");

        DateTimeOffset? Time(string name) =>
            element.HasAttribute(name) ? DateTimeOffset.Parse(element.GetAttribute(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null;
    }

    private static TrustAnchor ParseRecord(string line)
    {
        // OWNER [TTL] [IN] DS|DNSKEY DATA
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var place = Array.FindIndex(words, word => word.ToUpperInvariant() is "DS" or "DNSKEY");
        if (place is < 1 or > 3)
        {
            throw new FormatException($"'{line}' is no trust anchor. Write a DS or DNSKEY record, such as: . IN DS 20326 8 2 E06D…");
        }

        var zone = DomainName.Parse(words[0]);
        var type = words[place].Equals("DS", StringComparison.OrdinalIgnoreCase) ? RecordType.DS : RecordType.DNSKEY;
        var data = Read(type, string.Join(' ', words[(place + 1)..]));
        return data switch
        {
            DsData digest => new TrustAnchor(zone, digest),
            DnskeyData key => new TrustAnchor(zone, DelegationDigest.CreateDs(zone, key, DigestType.Sha256)),
            _ => throw new FormatException($"The data of '{line}' is no {type.Mnemonic()} data."),
        };
    }

    private static RecordData? Read(RecordType type, string text)
    {
        var octets = Encoding.ASCII.GetBytes(text);
        var tokens = new List<TextToken>();
        for (var start = 0; start < octets.Length;)
        {
            var end = Array.IndexOf(octets, (byte)' ', start) is var space and >= 0 ? space : octets.Length;
            tokens.Add(new TextToken(start, end - start, false, new TextPosition(1, start + 1)));
            start = end + 1;
        }

        var reader = new RecordTextReader(octets, tokens.ToArray(), DomainName.Root, new TextPosition(1, octets.Length + 1));
        return RecordTypes.ParseData(type, ref reader);
    }
}
