// The options of serve that say who may transfer zones and who is told of changes.

using System.CommandLine;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Server.Access;
using AltoDns.Server.Transfers;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;

namespace AltoDns.Cli.Commands;

internal sealed class TransferArguments
{
    private readonly Option<string[]> _allow = new("--allow-transfer")
    {
        Description = "Who may transfer all zones: PREFIX, 'PREFIX key NAME', key:NAME or any. May be repeated. Default: nobody.",
        HelpName = "RULE",
    };

    private readonly Option<string[]> _notify = new("--notify")
    {
        Description = "A secondary to tell of each change of a zone: ADDRESS, ADDRESS:PORT, either with ' key NAME' after it. May be repeated.",
        HelpName = "PEER",
    };

    private readonly Option<string[]> _keys = new("--tsig-key")
    {
        Description = "A file with TSIG keys in BIND's syntax, such as tsig-keygen makes, that only its owner can read. May be repeated.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _weak = new("--allow-weak-tsig") { Description = "Take keys for HMAC-SHA1 and HMAC-MD5 as well." };

    public void AddTo(Command command)
    {
        Option[] options = [_allow, _notify, _keys, _weak];
        Array.ForEach(options, command.Options.Add);
        _allow.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!AccessRuleText.TryParse(token.Value, out _, out var fault))
                {
                    result.AddError(fault);
                }
            }
        });
        _notify.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!PeerText.TryParse(token.Value, out _, out var fault))
                {
                    result.AddError(fault);
                }
            }
        });
    }

    /// <summary>Reads the options and the key files; null where a file has a fault or a key is named that none of them has.</summary>
    public TransferOptions? Read(ParseResult result, ProblemList problems)
    {
        var keys = new Dictionary<DomainName, TsigKey>();
        foreach (var file in result.GetValue(_keys) ?? [])
        {
            foreach (var key in TsigKeyFile.Read(file, problems, result.GetValue(_weak)))
            {
                if (!keys.TryAdd(key.Name, key))
                {
                    problems.Error(new SourcePosition(file, 0, 0), $"Key {key.Name} is in another key file as well.", "Keep one of the two.");
                }
            }
        }

        var rules = (result.GetValue(_allow) ?? []).Select(ParseRule).ToList();
        var peers = (result.GetValue(_notify) ?? []).Select(ParsePeer).ToList();
        foreach (var name in rules.Select(rule => rule.Key).Concat(peers.Select(peer => peer.Key)).OfType<DomainName>().Distinct().Where(name => !keys.ContainsKey(name)))
        {
            problems.Error(new SourcePosition("--tsig-key", 0, 0), $"There is no key {name}.", "Name the file that has it with --tsig-key.");
        }

        return problems.HasErrors
            ? null
            : new TransferOptions { Keys = keys, Default = new ZoneTransferOptions { AllowTransfer = new AccessList(rules), Notify = peers } };
    }

    private static AccessRule ParseRule(string text) =>
        AccessRuleText.TryParse(text, out var rule, out var fault) ? rule : throw new FormatException(fault);

    private static Peer ParsePeer(string text) => PeerText.TryParse(text, out var peer, out var fault) ? peer : throw new FormatException(fault);
}
