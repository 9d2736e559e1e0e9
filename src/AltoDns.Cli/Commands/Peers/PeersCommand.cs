// altodns peers: the servers of single peers behind a NAT, as they come and go.

using System.CommandLine;

namespace AltoDns.Cli.Commands.Peers;

internal static class PeersCommand
{
    public static Command Create() => new("peers", "Peers behind a NAT that have an ALTO server of their own. add and remove send DNS UPDATE to a server; list reads its state folder.")
    {
        PeersAddCommand.Create(),
        PeersRemoveCommand.Create(),
        PeersListCommand.Create(),
    };
}
