// Dependencies point one way: Protocol <- Zones <- Server <- Web <- Cli and Protocol <- Discovery <- Web <- Cli.

using System.Reflection;
using System.Xml.Linq;

namespace AltoDns.Cli.Tests.Conventions;

public sealed class DependencyTests
{
    private const string Prefix = "AltoDns.";

    /// <summary>What each project may see, directly or not. Server never sees Discovery.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["AltoDns.Protocol"] = [],
        ["AltoDns.Zones"] = ["AltoDns.Protocol"],
        ["AltoDns.Server"] = ["AltoDns.Protocol", "AltoDns.Zones"],
        ["AltoDns.Discovery"] = ["AltoDns.Protocol"],
        ["AltoDns.Web"] = ["AltoDns.Protocol", "AltoDns.Zones", "AltoDns.Server", "AltoDns.Discovery"],
        ["AltoDns.Cli"] = ["AltoDns.Protocol", "AltoDns.Zones", "AltoDns.Server", "AltoDns.Discovery", "AltoDns.Web"],
    };

    /// <summary>The projects in src/, by name.</summary>
    public static TheoryData<string> Projects =>
        [.. Directory.EnumerateDirectories(Path.Combine(SourceFile.Root, "src")).Select(folder => Path.GetFileName(folder))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_references_only_what_lies_below_it(string project)
    {
        var document = XDocument.Load(Path.Combine(SourceFile.Root, "src", project, $"{project}.csproj"));
        var references = document.Descendants("ProjectReference").Select(reference =>
            Path.GetFileNameWithoutExtension(((string?)reference.Attribute("Include") ?? "").Replace('\\', '/')));

        Assert.Subset(Allowed[project].ToHashSet(StringComparer.Ordinal), references.ToHashSet(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Assembly_uses_only_what_lies_below_it(string project)
    {
        var assembly = Assembly.Load(project is "AltoDns.Cli" ? "altodns" : project);
        var used = assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));

        Assert.Subset(Allowed[project].ToHashSet(StringComparer.Ordinal), used.ToHashSet(StringComparer.Ordinal));
    }
}
