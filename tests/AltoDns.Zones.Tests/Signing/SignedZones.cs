// Zones to be signed, and ways to look at and to damage what became of them.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Tests.Signing;

internal static class SignedZones
{
    public static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly DomainName Origin = DomainName.Parse("example.");

    /// <summary>Everything that signing treats in a way of its own.</summary>
    public const string Everything = """
        @ 3600 SOA ns1 hostmaster 1 7200 900 1209600 600
        @ NS ns1
        @ NS ns.elsewhere.test.
        @ TXT "apex"
        ns1 A 192.0.2.1
        *.wild 60 NAPTR 100 10 "u" "ALTO:https" "!.*!https://alto.example/ird!" .
        *.wild TXT "all below"
        leaf.empty.empty2 PTR host.example.
        alias CNAME leaf.empty.empty2
        moved DNAME elsewhere.test.
        secure NS ns1.secure
        secure DS 12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
        ns1.secure A 192.0.2.2
        insecure NS ns1.insecure
        insecure A 192.0.2.3
        ns1.insecure A 192.0.2.4
        sub.of.insecure2 NS ns1
        zz TXT "last"
        """;

    public static ZoneSnapshot Parse(string text, DomainName? origin = null)
    {
        var apex = origin ?? Origin;
        var problems = new ProblemList();
        var builder = new ZoneBuilder(apex);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes($"$TTL 3600\n{text}\n"));
        MasterFileReader.Read(stream, "test.zone", apex, problems, record => builder.AddRecord(builder.AddName(record.Owner), record.TimeToLive, record.Data));
        Assert.Empty(problems.All);
        return builder.Freeze();
    }

    /// <summary>All records but signatures and the digest over them, one a line, in the order of the export.</summary>
    public static string Records(ZoneSnapshot zone) => string.Join(
        '\n', ZoneExporter.Records(zone).Where(record => record.Data is not (RrsigData or ZoneMdData)).Select(record => $"{record.Owner} {record.TimeToLive} {record.Data.RecordType.Mnemonic()} {record.Data}"));

    public static IEnumerable<(DomainName Owner, RrsigData Data)> Signatures(ZoneSnapshot zone) =>
        ZoneExporter.Records(zone).Where(record => record.Data is RrsigData).Select(record => (record.Owner, (RrsigData)record.Data));

    /// <summary>The types that are signed at a name, in presentation form.</summary>
    public static string SignedTypes(ZoneSnapshot zone, string name) => string.Join(
        ' ', Signatures(zone).Where(signature => signature.Owner == DomainName.Parse(name)).Select(signature => signature.Data.TypeCovered.Mnemonic()));

    /// <summary>An NSEC record's data, or an NSEC3 record's types; empty where the name has none.</summary>
    public static string Denial(ZoneSnapshot zone, string name)
    {
        var lookup = new LookupName();
        lookup.Set(DomainName.Parse(name).Wire);
        if (zone.Nsec3 is not { } chain)
        {
            return ZoneExporter.Records(zone).SingleOrDefault(record => record.Data is NsecData && record.Owner == DomainName.Parse(name)).Data?.ToString() ?? "";
        }

        var hash = new byte[Protocol.Security.Nsec3Hash.Length];
        Protocol.Security.Nsec3Hash.Compute(lookup.Wire, chain.Parameters, hash);
        var link = chain.Find(hash, out var isExact);
        return isExact
            ? string.Join(' ', ((Nsec3Data)ZoneExporter.Records(zone).First(record => record.Owner == chain.OwnerOf(link, zone.Origin)).Data).Types.Types.Select(type => type.Mnemonic()))
            : "none";
    }

    public static void AssertValid(ZoneSnapshot zone, DateTimeOffset now)
    {
        var result = ZoneVerifier.Verify(zone, now);
        Assert.True(result.IsValid, $"{result}\n{Records(zone)}");
    }
}
