// What add and remove have in common: which peer, which server, which key.

using System.CommandLine;
using System.Net;
using AltoDns.Cli.Output;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Server.Access;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;

namespace AltoDns.Cli.Commands.Peers;

internal sealed class PeerArguments
{
    private readonly Argument<string> _address = new("ADDRESS") { Description = "The external address of the NAT, IPv4 or IPv6." };
    private readonly Argument<string> _id = new("ID") { Description = "The ID that the peer was given, such as c1f3.north." };
    private readonly Option<string> _server = new("--server", "-s") { Description = "The server that is primary of the zone.", HelpName = "ADDRESS[:PORT]", Required = true };
    private readonly Option<string> _key = new("--tsig-key", "-k") { Description = "A file with the TSIG key that may change the zone, in BIND's syntax.", HelpName = "FILE", Required = true };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_address);
        command.Arguments.Add(_id);
        command.Options.Add(_server);
        command.Options.Add(_key);
        _address.Validators.Add(result =>
        {
            if (!IPAddress.TryParse(result.Tokens[0].Value, out _))
            {
                result.AddError($"'{result.Tokens[0].Value}' is not an address. Write one such as 198.51.100.1.");
            }
        });
        _id.Validators.Add(result =>
        {
            if (!PeerName.IsId(result.Tokens[0].Value))
            {
                result.AddError($"'{result.Tokens[0].Value}' is not a peer ID. Write labels of letters, digits and inner hyphens with dots between them, at most {PeerName.MaxIdLength} characters.");
            }
        });
        _server.Validators.Add(result =>
        {
            if (!PeerText.TryParse(result.Tokens[0].Value, out _, out var fault))
            {
                result.AddError(fault);
            }
        });
    }

    /// <summary>Sends the change that is wanted of the peer's name, and says what became of it.</summary>
    /// <param name="change">Adds the changes of the name.</param>
    /// <returns>The exit code.</returns>
    public int Send(ParseResult result, Action<UpdateBuilder, DomainName> change)
    {
        var problems = new ProblemList();
        var keys = TsigKeyFile.Read(result.GetRequiredValue(_key), problems);
        if (problems.HasErrors)
        {
            ProblemPrinter.Print(problems.All);
            return ExitCodes.Problems;
        }

        // Both have been validated as arguments.
        _ = PeerText.TryParse(result.GetRequiredValue(_server), out var server, out _);
        _ = PeerName.TryFromId(ReverseName.FromPrefix(IPPrefix.FromAddress(IPAddress.Parse(result.GetRequiredValue(_address)))), result.GetRequiredValue(_id), out var name);
        try
        {
            var exchange = new UpdateExchange(server!.Endpoint, keys[0], TimeProvider.System);
            if (exchange.FindZone(name) is not { } zone)
            {
                Console.Error.WriteLine($"{server.Endpoint} is no authority for {name}.");
                return ExitCodes.Problems;
            }

            var update = new UpdateBuilder(zone);
            change(update, name);
            var (code, verdict) = exchange.Send(update);
            return Tell(name, code, verdict);
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            Console.Error.WriteLine($"{server!.Endpoint} does not answer: {exception.Message}.");
            return ExitCodes.Problems;
        }
    }

    private static int Tell(DomainName name, ResponseCode code, TsigVerdict verdict)
    {
        if (verdict is not (TsigVerdict.Verified or TsigVerdict.Rejected) && code == ResponseCode.NoError)
        {
            Console.Error.WriteLine($"The answer is not signed as it should be ({verdict}). Do both sides have the same key?");
            return ExitCodes.Problems;
        }

        if (code != ResponseCode.NoError)
        {
            Console.Error.WriteLine($"{name} was not changed: {code.Mnemonic()}{(code == ResponseCode.Refused ? ". The server's log says why" : "")}.");
            return ExitCodes.Problems;
        }

        Console.Out.WriteLine($"{name}");
        return ExitCodes.Success;
    }
}
