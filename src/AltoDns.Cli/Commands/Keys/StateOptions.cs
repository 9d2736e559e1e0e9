// The state folder that a command works on, and what becomes of its faults.

using System.CommandLine;
using System.Text;
using AltoDns.Cli.Output;
using AltoDns.Protocol.Names;
using AltoDns.Server.Configuration;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;

namespace AltoDns.Cli.Commands.Keys;

internal sealed class StateOptions
{
    private readonly SettingOptions _state = new([ServerSettings.State]);
    private readonly ConfigurationOptions _configuration = new();

    public StateOptions() => _configuration.Include(_state.Read);

    public void AddTo(Command command)
    {
        _configuration.AddTo(command);
        _state.AddTo(command);
    }

    /// <exception cref="ConfigurationException">The configuration has errors.</exception>
    public KeyStore Read(ParseResult result) => new(_configuration.Read(result, new ProblemList()).StateFolder);

    /// <summary>An argument or option with the names of zones; those that are none are errors of the command line.</summary>
    public static void RequireNames(System.CommandLine.Parsing.SymbolResult result, IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            if (!TryParseName(text, out _))
            {
                result.AddError($"'{text}' is not a domain name.");
            }
            else if (text.EndsWith(".yaml", StringComparison.Ordinal) && File.Exists(text))
            {
                result.AddError($"'{text}' is a file. Name a zone, such as 2.0.192.in-addr.arpa.");
            }
        }
    }

    public static bool TryParseName(string text, out DomainName name) =>
        DomainName.TryParse(Encoding.UTF8.GetBytes(text), DomainName.Root, out name) == NameError.None;

    public static DomainName ParseName(string text) => TryParseName(text, out var name) ? name : throw new FormatException(text);

    /// <summary>Runs a command's work; a fault of the state folder or the configuration is printed as a problem.</summary>
    public static int Guard(Func<int> work) => ConfigurationOptions.Guard(() =>
    {
        try
        {
            return work();
        }
        catch (KeyStoreException exception)
        {
            ProblemPrinter.Print([exception.Problem]);
            return ExitCodes.Of([exception.Problem]);
        }
    });

    /// <summary>The zones that were named, or all of the folder; those without keys are told on standard error.</summary>
    public static IReadOnlyList<ZoneKeyState> Load(KeyStore store, string[] names)
    {
        var zones = names.Length == 0 ? store.ListZones() : [.. names.Select(ParseName)];
        var states = zones.Select(store.Load).OfType<ZoneKeyState>().ToList();
        foreach (var zone in zones.Where(zone => states.TrueForAll(state => state.Apex != zone)))
        {
            Console.Error.WriteLine($"Zone {zone} has no keys in {store.Folder}.");
        }

        return states;
    }
}
