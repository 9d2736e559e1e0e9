// altodns peers add: gives a peer an ALTO server of its own.

using System.CommandLine;
using System.Text;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Compilation;

namespace AltoDns.Cli.Commands.Peers;

internal static class PeersAddCommand
{
    public static Command Create()
    {
        var peer = new PeerArguments();
        var uris = new Option<string[]>("--uri", "-u") { Description = "The ALTO server's information resource directory; in order of preference.", HelpName = "URI", Required = true };
        var ttl = new Option<string>("--ttl") { Description = "How long answers are cached, such as 60s. Default: 5m.", HelpName = "TIME", DefaultValueFactory = _ => "5m" };
        var lease = new Option<string?>("--lease") { Description = "How long the records last, such as 1h, unless they are added again. Default: until they are removed.", HelpName = "TIME" };
        var command = new Command("add", "Give a peer an ALTO server of its own, in place of what it had.");
        peer.AddTo(command);
        command.Options.Add(uris);
        command.Options.Add(ttl);
        command.Options.Add(lease);
        foreach (var time in (Option[])[ttl, lease])
        {
            time.Validators.Add(result =>
            {
                if (result.Tokens is [var token] && !TryParseTime(token.Value, out _))
                {
                    result.AddError($"'{token.Value}' is not a time. Write one such as 60s, 5m or 1h.");
                }
            });
        }

        uris.Validators.Add(result =>
        {
            foreach (var text in result.Tokens.Select(token => token.Value).Where(text => !IsUri(text)))
            {
                result.AddError($"'{text}' is not the URI of an ALTO server. Write https://HOST/PATH, at most 240 characters, without '!'.");
            }
        });
        command.SetAction(result => peer.Send(result, (update, name) =>
        {
            _ = TryParseTime(result.GetRequiredValue(ttl), out var timeToLive);
            update.Delete(name, RecordType.NAPTR);
            foreach (var record in DiscoveryRecords.OfUris(result.GetRequiredValue(uris)))
            {
                update.Add(name, timeToLive, record);
            }

            update.Lease = result.GetValue(lease) is { } text && TryParseTime(text, out var seconds) ? new UpdateLease(seconds, null) : null;
        }));
        return command;
    }

    private static bool TryParseTime(string text, out uint seconds) => TimeToLive.TryParse(Encoding.UTF8.GetBytes(text), out seconds);

    private static bool IsUri(string text) =>
        text.Length <= 240 && !text.Contains('!', StringComparison.Ordinal) && text.All(char.IsAscii)
        && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
