// The options of serve for other name servers that live from our zones without transferring them.

using System.CommandLine;
using AltoDns.Server.PowerDns;

namespace AltoDns.Cli.Commands;

internal sealed class NeighbourOptions
{
    private readonly Option<string?> _powerDns = new("--powerdns")
    {
        Description = "Answer the remote backend of a PowerDNS server at this Unix socket, docs/powerdns.md.",
        HelpName = "SOCKET",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_powerDns);
    }

    /// <summary>Null where it was not asked for.</summary>
    public PowerDnsOptions? ReadPowerDns(ParseResult result) => result.GetValue(_powerDns) is { } path ? new PowerDnsOptions(Path.GetFullPath(path)) : null;
}
