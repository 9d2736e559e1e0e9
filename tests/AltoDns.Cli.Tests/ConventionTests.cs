// Conventions that matter: which project may know which.

using System.Reflection;

namespace AltoDns.Cli.Tests;

public sealed class ConventionTests
{
    [Theory]
    [InlineData("AltoDns.Protocol")]
    [InlineData("AltoDns.Zones", "AltoDns.Protocol")]
    [InlineData("AltoDns.Server", "AltoDns.Protocol", "AltoDns.Zones")]
    [InlineData("altodns", "AltoDns.Protocol", "AltoDns.Zones", "AltoDns.Server")]
    public void Dependencies_point_one_way(string assembly, params string[] permitted)
    {
        var references = Assembly.Load(assembly).GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("AltoDns", StringComparison.OrdinalIgnoreCase));

        Assert.Empty(references.Except(permitted, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("AltoDns.Protocol", "System.Net.Sockets")]
    [InlineData("AltoDns.Zones", "System.Net.Sockets")]
    public void What_holds_data_opens_no_sockets(string assembly, string forbidden) =>
        Assert.DoesNotContain(forbidden, Assembly.Load(assembly).GetReferencedAssemblies().Select(reference => reference.Name));
}
