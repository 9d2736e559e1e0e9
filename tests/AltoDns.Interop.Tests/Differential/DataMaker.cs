// Makes up record data in presentation form, pointing mostly at names of the zone.

using System.Globalization;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Differential;

/// <summary>Data from a seeded source; the same seed and zone give the same data.</summary>
internal sealed class DataMaker(Random random, NameMaker names, ZoneBuilder zone)
{
    /// <summary>The types that any name may own.</summary>
    public static IReadOnlyList<RecordType> AnywhereTypes { get; } =
    [
        RecordType.A, RecordType.AAAA, RecordType.TXT, RecordType.PTR, RecordType.MX, RecordType.SRV, RecordType.NAPTR, RecordType.URI,
        RecordType.TLSA, RecordType.CERT, RecordType.SSHFP, RecordType.CAA, RecordType.SVCB, RecordType.HTTPS, RecordType.HINFO,
        RecordType.RP, RecordType.LOC, RecordType.AFSDB, RecordType.SPF, (RecordType)65400,
    ];

    private static readonly string[] OutsideNames = ["host.elsewhere.test.", "ns.elsewhere.test.", ".", "com.", "a.b.c.elsewhere.test."];

    /// <summary>A name for data to point at: one that exists, one that may not, or one of another zone.</summary>
    public DomainName Target() => random.Next(10) switch
    {
        < 6 => zone.Owners[random.Next(zone.Owners.Count)],
        < 8 => names.Below(zone.Origin, 3),
        _ => Outside(),
    };

    public DomainName Outside() => DomainName.Parse(OutsideNames[random.Next(OutsideNames.Length)]);

    public string Make(RecordType type) => type switch
    {
        RecordType.A => $"192.0.2.{random.Next(256)}",
        RecordType.AAAA => $"2001:db8::{Hex(2)}",
        RecordType.NS or RecordType.PTR or RecordType.CNAME or RecordType.DNAME => $"{Target()}",
        RecordType.MX or RecordType.AFSDB => $"{random.Next(100)} {Target()}",
        RecordType.SRV => $"{random.Next(9)} {random.Next(9)} {random.Next(65536)} {Target()}",
        RecordType.NAPTR => Naptr(),
        RecordType.TXT or RecordType.SPF => Texts(random.Next(1, 4)),
        RecordType.URI => $"{random.Next(100)} {random.Next(100)} \"https://alto.example/{Hex(4)}\"",
        RecordType.TLSA => $"3 1 1 {Hex(32)}",
        RecordType.CERT => $"1 {random.Next(65536)} 13 {Convert.ToBase64String(Octets(20))}",
        RecordType.SSHFP => $"4 2 {Hex(32)}",
        RecordType.CAA => $"{(random.Next(2) == 0 ? 0 : 128)} issue \"ca{Hex(2)}.example\"",
        RecordType.SVCB or RecordType.HTTPS => Service(),
        RecordType.HINFO => $"\"{Hex(3)}\" \"a b\"",
        RecordType.RP => $"{Target()} {Target()}",
        RecordType.LOC => $"{random.Next(90)} {random.Next(60)} {random.Next(60)}.000 N 11 34 00.000 E 520.00m 1m 10000m 10m",
        RecordType.DS => $"{random.Next(65536)} 13 2 {Hex(32)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"\\# 4 {Hex(4)}"),
    };

    /// <summary>Quoted strings, some with octets that need escapes, some of the full 255.</summary>
    public string Texts(int count) => string.Join(' ', Enumerable.Range(0, count).Select(_ => random.Next(8) switch
    {
        0 => "\"\"",
        1 => "\"a\\\"b\\\\c\\000\\255 ;()\"",
        2 => $"\"{Hex(127)}\"",
        _ => $"\"{Hex(random.Next(1, 12))}\"",
    }));

    private string Naptr()
    {
        var (flags, services) = random.Next(5) switch
        {
            0 => ("s", "SIP+D2U"),
            1 => ("a", "x-alto:https"),
            2 => ("", "ALTO"),
            _ => ("u", "ALTO:https"),
        };
        var rewrite = flags is "u" ? $"\"!.*!https://alto{random.Next(9)}.example/ird!\" ." : $"\"\" {Target()}";
        return $"{random.Next(200)} {random.Next(200)} \"{flags}\" \"{services}\" {rewrite}";
    }

    private string Service() => random.Next(3) switch
    {
        0 => $"0 {Target()}",
        1 => $"{random.Next(1, 9)} . alpn=h2,h3 port={random.Next(65536)}",
        _ => $"{random.Next(1, 9)} {Target()} ipv4hint=192.0.2.{random.Next(256)} ipv6hint=2001:db8::{Hex(2)}",
    };

    private byte[] Octets(int count)
    {
        var octets = new byte[count];
        random.NextBytes(octets);
        return octets;
    }

    private string Hex(int count) => Convert.ToHexStringLower(Octets(count));
}
