// altodns peers remove: takes its ALTO server from a peer.

using System.CommandLine;
using AltoDns.Protocol.Records;

namespace AltoDns.Cli.Commands.Peers;

internal static class PeersRemoveCommand
{
    public static Command Create()
    {
        var peer = new PeerArguments();
        var command = new Command("remove", "Take its own ALTO server from a peer, which then has that of its address. Names without records are fine.");
        peer.AddTo(command);
        command.SetAction(result => peer.Send(result, (update, name) => update.Delete(name, RecordType.NAPTR).Delete(name, RecordType.TXT)));
        return command;
    }
}
