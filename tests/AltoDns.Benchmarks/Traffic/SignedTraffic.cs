// The mixed queries with the DO bit set, of the same policy signed: every answer comes with its signatures and proofs.

using AltoDns.Benchmarks.Comparing;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Benchmarks.Traffic;

/// <summary>ECDSA P-256 and NSEC. All servers load one zone file, which AltoDns signed.</summary>
internal sealed class SignedTraffic(MixedTraffic traffic)
{
    // A wildcard's answer comes with the NSEC record that there is nothing closer; a denial with SOA and NSEC; each with its signature.
    private const int ProofOfWildcard = 2;
    private const int Denial = 4;

    private readonly Dictionary<DomainName, byte[]> _signatures = [];

    public async Task<DataSet> MakeDataAsync(TemporaryFolder folder)
    {
        var policy = Path.Combine(folder.Path, "signed.yaml");
        traffic.WritePolicy(policy);
        await File.AppendAllTextAsync(policy, "dnssec: on\n");
        var data = await DataSet.OfPolicyAsync(folder, policy, [.. traffic.Zones.Select(zone => zone.Origin)], traffic.Prefixes, ["--state", folder.MakeFolder("state")]);
        var zone = data.Zones[0];
        ReadSignatures(zone);
        return data with { AltoDnsArguments = ["--zone", $"{zone.Origin}={zone.File}"] };
    }

    /// <summary>The same as <see cref="MixedTraffic.Make"/>; call it once the data are made.</summary>
    public IEnumerable<Asked> Make(int count, int seed) => traffic.Make(count, seed).Select(asked => asked with
    {
        DnssecOk = true,
        Signature = asked.Value is null ? null : _signatures[asked.Name.Parent],
        Authority = asked.ResponseCode == ResponseCode.Refused ? 0 : asked.Value is null ? Denial : ProofOfWildcard,
    });

    // Those of the wildcards' NAPTR records, by the name above the asterisk.
    private void ReadSignatures(ServedZone zone)
    {
        var buffer = new byte[ushort.MaxValue];
        var problems = new ProblemList();
        using var text = File.OpenRead(zone.File);
        MasterFileReader.Read(text, zone.File, zone.Origin, problems, record =>
        {
            if (record.Data is RrsigData { TypeCovered: RecordType.NAPTR } signature && record.Owner.IsWildcard)
            {
                var writer = new WireWriter(buffer);
                signature.Write(ref writer);
                _signatures[record.Owner.Parent] = writer.Written.ToArray();
            }
        });
    }
}
