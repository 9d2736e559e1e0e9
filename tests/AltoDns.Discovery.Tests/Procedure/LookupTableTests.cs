// Which names are looked up: every row of RFC 8686's table, and the worked names of its text.

using AltoDns.Discovery.Procedure;
using AltoDns.Discovery.Tests.Support;
using AltoDns.Protocol.Names;

namespace AltoDns.Discovery.Tests.Procedure;

public sealed class LookupTableTests
{
    public static TheoryData<string> Rows => [.. ScenarioFile.Lines("table1.txt")];

    public static TheoryData<string> Names => [.. ScenarioFile.Lines("names.txt")];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Names_are_looked_up_in_the_order_of_the_table(string row)
    {
        var words = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var prefix = IPPrefix.TryParse(words[0], out var parsed) is PrefixError.None or PrefixError.HostBits ? parsed : throw new FormatException(row);

        if (words[1] == "unsupported")
        {
            var exception = Assert.Throws<DiscoveryException>(() => LookupTable.Of(prefix));
            Assert.Equal((DiscoveryError.UnsupportedPrefixLength, "prefix"), (exception.Error, exception.ParamName));
            return;
        }

        Assert.Equal(words[1..], LookupTable.Of(prefix).Select(name => name.Step));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Names_are_those_of_the_text(string row)
    {
        var words = row.Split(' ');

        var name = LookupTable.Of(IPPrefix.Parse(words[0])).Single(name => name.Step == words[1]).Name;

        Assert.Equal(DomainName.Parse(words[2]), name);
    }
}
