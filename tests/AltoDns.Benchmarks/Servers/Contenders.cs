// All servers that may be compared, one entry each.

using System.Text.RegularExpressions;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;

namespace AltoDns.Benchmarks.Servers;

internal static partial class Contenders
{
    public const string AltoDns = "altodns";
    public const string Published = "altodns-published";
    public const string Native = "altodns-native";
    public const string Echo = "echo";

    /// <summary>The keys of all of them, in the order of the tables.</summary>
    public static IReadOnlyList<string> Keys { get; } = [Echo, AltoDns, Published, Native, "rbldnsd", "gdnsd", "nsd", "knot", "bind", "pdns"];

    /// <summary>Whether a key is that of AltoDns in some form.</summary>
    public static bool IsOurs(string key) => key is AltoDns or Published or Native;

    /// <summary>Those of the keys whose programs there are.</summary>
    /// <param name="published">The published program; null where none was asked for.</param>
    /// <param name="native">The program of machine code; null where none was asked for, or it cannot be made.</param>
    /// <param name="missing">What is not installed.</param>
    public static async Task<IReadOnlyList<Contender>> FindAsync(
        IEnumerable<string> keys, string? published, string? native, TemporaryFolder folder, ICollection<string> missing)
    {
        var contenders = new List<Contender>();
        foreach (var key in Keys.Intersect(keys, StringComparer.Ordinal))
        {
            if (await FindAsync(key, published, native, folder) is { } contender)
            {
                contenders.Add(contender);
            }
            else
            {
                missing.Add(key);
            }
        }

        return contenders;
    }

    private static async Task<Contender?> FindAsync(string key, string? published, string? native, TemporaryFolder folder)
    {
        switch (key)
        {
            case Echo when EchoServer.IsAvailable:
                var program = await EchoServer.CompileAsync(folder);
                return new Contender(key, "UDP echo in C", AnswerStyle.Echo, false, _ => EchoServer.Recipe(program), () => VersionAsync("gcc", "--version"));
            case AltoDns:
                return new Contender(
                    key, "AltoDns", AnswerStyle.Zones, true, data => AltoDnsServer.Recipe(AltoDnsArguments(data.AltoDnsArguments)), () => VersionAsync("dotnet", AltoDnsServer.ProgramPath, "--version"));
            case Published when published is not null:
                return PublishedContender(key, "AltoDns, single file", published);
            case Native when native is not null:
                return PublishedContender(key, "AltoDns, native", native);
            case "rbldnsd" when Exists("rbldnsd"):
                return new Contender(key, RbldnsdServer.Name, AnswerStyle.AddressList, false, data => RbldnsdServer.Recipe(data.Lists), () => VersionAsync("rbldnsd", "-h"));
            case "gdnsd" when Exists("gdnsd"):
                return new Contender(key, GdnsdServer.Name, AnswerStyle.Zones, true, data => GdnsdServer.Recipe(data.Zones), () => VersionAsync("gdnsd", "-h"));
            case "nsd" when Exists("nsd"):
                return new Contender(key, NsdServer.Name, AnswerStyle.Zones, true, data => NsdServer.Recipe(data.Zones, minimalResponses: true), () => VersionAsync("nsd", "-v"));
            case "knot" when Exists("knotd"):
                return new Contender(key, KnotServer.Name, AnswerStyle.Zones, true, data => KnotServer.Recipe(data.Zones), () => VersionAsync("knotd", "--version"));
            case "bind" when Exists("named"):
                return new Contender(key, NamedServer.Name, AnswerStyle.Zones, true, data => NamedServer.Recipe(data.Zones, minimalResponses: true), () => VersionAsync("named", "-v"));
            case "pdns" when Exists("pdns_server"):
                return new Contender(key, PowerDnsServer.Name, AnswerStyle.Zones, true, data => PowerDnsServer.Recipe(data.Zones), () => VersionAsync("pdns_server", "--version"));
            default:
                return null;
        }
    }

    private static Contender PublishedContender(string key, string name, string program) =>
        new(key, name, AnswerStyle.Zones, true, data => AltoDnsServer.PublishedRecipe(program, AltoDnsArguments(data.AltoDnsArguments)), () => VersionAsync(program, "--version"));

    private static IEnumerable<string> AltoDnsArguments(IReadOnlyList<string> sources) => [.. sources, "--workers", "1"];

    private static bool Exists(string program) => ToolRunner.Find(program) is not null;

    // Programs differ in where they print it and with which exit code.
    private static async Task<string> VersionAsync(string program, params string[] arguments)
    {
        var result = await ToolRunner.RunAsync(program, arguments);
        var match = VersionNumber().Match(result.Output + result.Errors);
        return match.Success ? match.Value : "unknown";
    }

    [GeneratedRegex("[0-9]+\\.[0-9]+(\\.[0-9]+)*[0-9a-z.-]*( \\(snapshot [0-9]+\\))?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionNumber();
}
