// The altodns program: DNS-based discovery of ALTO servers, from an operator's files to answers.

using System.CommandLine;
using AltoDns.Cli.Commands;
using AltoDns.Cli.Commands.Configuring;
using AltoDns.Cli.Commands.Control;
using AltoDns.Cli.Commands.Keys;
using AltoDns.Cli.Commands.Peers;

var root = new RootCommand(
    """
    AltoDns publishes, for any IP address, which ALTO server can guide it (RFC 8686), by plain DNS in the reverse tree.

      altodns serve                       serve the samples on 127.0.0.1:5300
      altodns serve isp1.yaml -l 0.0.0.0  serve your policy on port 53
      altodns serve --config altodns.yaml all that the server's configuration says
      altodns status                      what the running server serves, and what is amiss
      altodns reload                      have it read its files; prints every problem
      altodns health 192.0.2.53           whether a server answers a DNS query
      altodns check isp1.yaml             every problem, with its place and remedy
      altodns explain 192.0.2.77 isp1.yaml
      altodns export isp1.yaml -o zones/  zone files for NSD, Knot, BIND, PowerDNS
      altodns keys status isp1.yaml       the keys of signed zones, and what happens next
      altodns peers list                  who behind a NAT has a server of its own now
      altodns coverage isp1.yaml          which share of the addresses finds which server
      altodns discover 192.0.2.77         ask resolvers as a tracker does
    """)
{
    ServeCommand.Create(),
    StatusCommand.Create(),
    ReloadCommand.Create(),
    ZoneCommand.Create(),
    StatsCommand.Create(),
    LogLevelCommand.Create(),
    HealthCommand.Create(),
    ConfigCommand.Create(),
    CheckCommand.Create(),
    ExplainCommand.Create(),
    ExportCommand.Create(),
    KeysCommand.Create(),
    PeersCommand.Create(),
    CoverageCommand.Create(),
    DiscoverCommand.Create(),
};
DescribingCommands.AddTo(root);

// Who gives no command wants to know what there is.
var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);

// A server finishes what it has begun, which takes as long as its own limits allow; the default of 2 s would cut that off.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return parsed.Errors.Count > 0 ? UsageErrors.Print(parsed) : await parsed.InvokeAsync(invocation);
