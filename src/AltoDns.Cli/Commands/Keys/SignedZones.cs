// Which zones the policies want signed, and how.

using AltoDns.Cli.Output;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;

namespace AltoDns.Cli.Commands.Keys;

internal sealed record SignedZone(DomainName Apex, DnssecPolicy Policy);

internal static class SignedZones
{
    /// <summary>The signed zones of the policies; null, with the problems printed, where these have errors.</summary>
    public static IReadOnlyList<SignedZone>? Read(string[] files)
    {
        var problems = new ProblemList();
        var policies = PolicyReader.ReadAll(files, problems);
        if (policies is null)
        {
            ProblemPrinter.Print(problems.All);
            return null;
        }

        return
        [
            .. from policy in policies
               where policy.Dnssec is not null
               from apex in policy.Zones.SelectMany(zone => ReverseZone.Covering(zone.Value)).Select(zone => zone.Origin)
                   .Concat(policy.ForwardZones.Select(zone => zone.Value))
               select new SignedZone(apex, policy.Dnssec!),
        ];
    }
}
