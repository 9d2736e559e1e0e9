// The options of serve that say who may change zones by DNS UPDATE.

using System.CommandLine;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Server.Updates;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.State;
using AltoDns.Zones.Updating;

namespace AltoDns.Cli.Commands;

internal sealed class UpdateArguments
{
    private readonly Option<string[]> _allow = new("--allow-update")
    {
        Description = "Which key may change what: 'key=NAME zone=ZONE names=all|_peer|self|subtree:NAME|name:NAME types=NAPTR,TXT'; "
            + "only key= is needed. May be repeated. Default: nobody may change anything.",
        HelpName = "RULE",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_allow);
        _allow.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!UpdateRuleText.TryParse(token.Value, out _, out var fault))
                {
                    result.AddError(fault);
                }
            }
        });
    }

    /// <summary>What was asked for; null where a rule names a key that there is not.</summary>
    /// <param name="keys">Those of --tsig-key.</param>
    /// <param name="stateFolder">Where dynamic records are kept.</param>
    public UpdateOptions? Read(ParseResult result, IReadOnlyDictionary<DomainName, TsigKey> keys, string stateFolder, ProblemList problems)
    {
        var rules = (result.GetValue(_allow) ?? []).Select(Parse).ToList();
        foreach (var name in rules.Select(rule => rule.Key).Distinct().Where(name => !keys.ContainsKey(name)))
        {
            problems.Error(new SourcePosition("--allow-update", 0, 0), $"There is no key {name}.", "Name the file that has it with --tsig-key.");
        }

        return problems.HasErrors ? null : new UpdateOptions
        {
            Keys = keys,
            Policy = new UpdatePolicy(rules),
            StorePath = Path.Combine(stateFolder, DynamicStore.FileName),
        };
    }

    private static UpdateRule Parse(string text) => UpdateRuleText.TryParse(text, out var rule, out var fault) ? rule : throw new FormatException(fault);
}
