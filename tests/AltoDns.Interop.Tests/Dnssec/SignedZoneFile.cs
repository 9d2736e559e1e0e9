// A zone with every kind of data that canonical form touches, and the check of every signature that a signer put over it.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Interop.Tests.Dnssec;

internal static class SignedZoneFile
{
    /// <summary>Names in upper case wherever a type has some.</summary>
    public const string Text = """
        $ORIGIN Example.TEST.
        $TTL 300
        @      SOA   NS1.Example.TEST. Host.Example.TEST. 1 2 3 4 300
               NS    NS1
               NS    ns2.OTHER.
               MX    10 MAIL.Example.TEST.
               MX    5  a
               TXT   "Case IS kept" b c
        NS1    A     192.0.2.2
               A     192.0.2.1
               A     1.2.3.4
               AAAA  2001:db8::1
        *      NAPTR 100 10 "u" "ALTO:https" "!.*!https://alto.example/IRD!" .
               NAPTR 100 20 "s" "X" "" _SRV._tcp.Example.TEST.
        *.Sub  TXT   "wild"
        _srv._tcp SRV 1 2 443 HOST.Example.TEST.
        alias  CNAME WWW.Example.TEST.
        ptr    PTR   Some.HOST.Example.TEST.
        dn     DNAME Target.EXAMPLE.
        rp     RP    Mbox.Example.TEST. Text.Example.TEST.
               AFSDB 1 AFS.Example.TEST.
               MINFO R.Example.TEST. E.Example.TEST.
               HINFO "PC" "OS"
               TYPE65280 \# 4 41424344
        tlsa   TLSA  3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
               CAA   0 issue "CA.Example"
               SVCB  1 Target.Example.TEST. alpn=h2
        cut    NS    NS.Cut
               DS    1 13 2 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF
        NS.cut A     192.0.2.9

        """;

    /// <summary>Verifies each signature with the zone's one key, and that a changed TTL and a lost record are noticed.</summary>
    public static (int Signatures, IReadOnlyList<string> Faults) Verify(string path, DomainName zone, DnskeyData key, DateTimeOffset now)
    {
        var problems = new ProblemList();
        var records = new List<ZoneRecord>();
        MasterFileReader.Read(path, zone, problems, records.Add);
        if (problems.HasErrors || !DnssecPublicKey.TryCreate(key, out var publicKey))
        {
            return (0, [.. problems.All.Select(problem => problem.ToString()), "or no key"]);
        }

        using (publicKey)
        {
            var verifier = new RrsigVerifier();
            var seconds = (uint)now.ToUnixTimeSeconds();
            var sets = records.ToLookup(record => (record.Owner, record.Data.RecordType), record => record.Data);
            var faults = new List<string>();
            var count = 0;
            foreach (var (owner, _, data, _) in records)
            {
                if (data is not RrsigData signature)
                {
                    continue;
                }

                count++;
                var covered = sets[(owner, signature.TypeCovered)].ToList();
                if (verifier.Verify(owner, covered, signature, publicKey, seconds) is var outcome and not SignatureOutcome.Valid)
                {
                    faults.Add($"{owner} {signature.TypeCovered}: {outcome}");
                }

                if (verifier.Verify(owner, covered[1..], signature, publicKey, seconds) == SignatureOutcome.Valid)
                {
                    faults.Add($"{owner} {signature.TypeCovered}: valid without {covered[0]}");
                }
            }

            return (count, faults);
        }
    }
}
