// Every message that the server can log has a number of its own and a place in the documentation.

using System.Reflection;
using System.Text.RegularExpressions;
using AltoDns.Server.Listening;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Tests.Hosting;

public sealed partial class LogMessagesTests
{
    private static readonly IReadOnlyList<(string Name, LoggerMessageAttribute Declaration)> Declared =
    [
        .. typeof(DnsServer).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (method.Name, Declaration: method.GetCustomAttribute<LoggerMessageAttribute>()!))
            .Where(method => method.Declaration is not null),
    ];

    [Fact]
    public void Documentation_and_program_have_the_same_messages()
    {
        var documented = DocumentedMessage().Matches(File.ReadAllText(FindDocument()))
            .Select(match => (match.Groups["id"].Value, match.Groups["name"].Value, match.Groups["text"].Value, match.Groups["level"].Value));

        Assert.NotEmpty(Declared);
        Assert.Equal(
            Declared
                .OrderBy(method => method.Declaration.EventId)
                .Select(method => ($"{method.Declaration.EventId}", method.Name, method.Declaration.Message, $"{method.Declaration.Level}")),
            documented);
    }

    [Fact]
    public void Numbers_are_given_once() =>
        Assert.Empty(Declared.GroupBy(method => method.Declaration.EventId).Where(group => group.Count() > 1).Select(group => group.Key));

    private static string FindDocument()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "docs", "log-messages.md");
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new FileNotFoundException("docs/log-messages.md is in no folder above the tests.");
    }

    // A heading with number and name, the message quoted, then the level and what to do.
    [GeneratedRegex(@"^### (?<id>\d+) (?<name>\w+)\n\n> (?<text>.+)\n\n(?<level>\w+)[.,] ?\S", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex DocumentedMessage();
}
