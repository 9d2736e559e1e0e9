// altodns explain: why an address gets the answer that it gets.

using System.CommandLine;
using AltoDns.Cli.Explaining;
using AltoDns.Cli.Output;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Loading;
using Spectre.Console;

namespace AltoDns.Cli.Commands;

internal static class ExplainCommand
{
    public static Command Create()
    {
        var address = new Argument<string>("ADDRESS") { Description = "An IPv4 or IPv6 address, or a prefix such as 192.0.2.0/24." };
        var sources = new SourceOptions();
        var json = new Option<bool>("--json") { Description = "Print one JSON object for programs." };
        var command = new Command(
            "explain",
            "Tell which assignment guides an address, from which file and line, and what each name that RFC 8686 looks up answers.");
        command.Arguments.Add(address);
        address.Validators.Add(result =>
        {
            var text = result.Tokens[0].Value;
            if ((UsageErrors.LooksLikeOption(text) ? UsageErrors.UnknownOption(text, command) : Fault(text)) is { } fault)
            {
                result.AddError(fault);
            }
        });
        sources.AddTo(command);
        command.Options.Add(json);
        command.SetAction(result => Run(IPPrefixOf(result.GetRequiredValue(address)), sources.Read(result), result.GetValue(json)));
        return command;
    }

    private static IPPrefix IPPrefixOf(string text)
    {
        IPPrefix.TryParse(text, out var prefix);
        return prefix;
    }

    private static string? Fault(string text) => IPPrefix.TryParse(text, out var prefix) switch
    {
        PrefixError.None when prefix.Length < DiscoveryNames.ShortestPrefix(prefix.IsIPv6) =>
            $"{prefix} is too short to look up: RFC 8686 §3.2 supports /8 and longer in IPv4, /32 and longer in IPv6.",
        PrefixError.None => null,
        PrefixError.HostBits => $"'{text}' has bits set after its length. Did you mean {prefix}?",
        _ => $"'{text}' is not an address or prefix. Write one such as 192.0.2.77, 2001:db8::1 or 192.0.2.0/24.",
    };

    private static int Run(IPPrefix prefix, ZoneSources sources, bool asJson)
    {
        var loaded = ZoneLoader.Load(sources);
        if (loaded.Zones is null)
        {
            ProblemPrinter.Print(loaded.Problems);
            return ExitCodes.Problems;
        }

        var explanation = new Explainer(loaded).Explain(prefix);
        if (asJson)
        {
            JsonOutput.Print(explanation);
        }
        else
        {
            Print(explanation);
        }

        return ExitCodes.Success;
    }

    private static void Print(Explanation explanation)
    {
        var facts = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        AddFact(facts, "Address", explanation.Address);
        AddFact(facts, "Policy", explanation.Policy);
        AddFact(facts, "Zone", explanation.Zone);
        if (explanation.Assignment is { } winner)
        {
            AddFact(facts, "Assignment", $"{winner.Prefix} → {winner.Server}   ({winner.Place})");
            AddFact(facts, "ALTO server", string.Join(", ", winner.Uris));
        }

        foreach (var other in explanation.Overridden)
        {
            AddFact(facts, "Overridden", $"{other.Prefix} → {other.Server}   ({other.Place})");
        }

        AddFact(facts, "Delegation", explanation.Delegation is { } cut ? $"{cut.Prefix}   ({cut.Place})" : null);
        AddFact(facts, "Why", explanation.Verdict);
        Consoles.Out.Write(facts);
        Consoles.Out.WriteLine();
        Consoles.Out.Write(Names(explanation.Names));
        Consoles.Out.Write(new Text($"Ask it: {explanation.Dig}\n"));
    }

    private static Table Names(IReadOnlyList<ExplainedName> names)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("RFC 8686").AddColumn("Name").AddColumn("Answer");
        foreach (var name in names)
        {
            string[] records = [.. name.Answers, .. name.Referral];
            var answer = !name.IsServed ? "outside the zones served here"
                : records.Length == 0 ? $"{name.ResponseCode}, no records"
                : string.Join('\n', records);
            table.AddRow(Markup.Escape(name.Rule), Markup.Escape(name.Name), Markup.Escape(answer));
        }

        return table;
    }

    private static void AddFact(Grid grid, string label, string? value)
    {
        if (value is not null)
        {
            grid.AddRow(new Text(label, new Style(decoration: Decoration.Bold)), new Text(value));
        }
    }
}
