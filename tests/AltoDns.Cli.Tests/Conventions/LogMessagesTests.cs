// Every message that the server can log has a number of its own and a place in the documentation.

using System.Reflection;
using System.Text.RegularExpressions;
using AltoDns.Server.Listening;
using AltoDns.Web.Serving;
using Microsoft.Extensions.Logging;

namespace AltoDns.Cli.Tests.Conventions;

public sealed partial class LogMessagesTests
{
    private static readonly IReadOnlyList<(string Name, LoggerMessageAttribute Declaration)> Declared =
    [
        .. new[] { typeof(DnsServer), typeof(WebServer) }.SelectMany(type => type.Assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (method.Name, Declaration: method.GetCustomAttribute<LoggerMessageAttribute>()!))
            .Where(method => method.Declaration is not null),
    ];

    [Fact]
    public void Documentation_and_program_have_the_same_messages()
    {
        var documented = DocumentedMessage().Matches(File.ReadAllText(Path.Combine(SourceFile.Root, "docs", "log-messages.md")))
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

    // A heading with number and name, the message quoted, then the level and what to do.
    [GeneratedRegex(@"^### (?<id>\d+) (?<name>\w+)\n\n> (?<text>.+)\n\n(?<level>\w+)[.,] ?\S", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex DocumentedMessage();
}
