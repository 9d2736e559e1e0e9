// Commands as operators write them.

using AltoDns.Protocol.Names;
using AltoDns.Server.Exporting;

namespace AltoDns.Server.Tests.Exporting;

public sealed class HookCommandTests
{
    [Theory]
    [InlineData("rndc reload {zone}", "rndc|reload|2.0.192.in-addr.arpa")]
    [InlineData("  nsd-control   -c '/etc/nsd/my conf'  reload {zone} ", "nsd-control|-c|/etc/nsd/my conf|reload|2.0.192.in-addr.arpa")]
    [InlineData("sh -c \"nsupdate -k /k {update} && echo {serial}\"", "sh|-c|nsupdate -k /k /x/{zone}.nsupdate && echo 7")]
    [InlineData("cp {file} /there/{zone}.zone ''", "cp|/x/{zone}.zone|/there/2.0.192.in-addr.arpa.zone|")]
    [InlineData("awk {print}x{}", null)]
    [InlineData("awk '{ print $1 }'", "awk|{ print $1 }")]
    [InlineData("a 'b", null)]
    [InlineData("", null)]
    [InlineData("rndc reload {zones}", null)]
    public void Fills_in_what_is_known_and_refuses_what_is_not(string text, string? expected)
    {
        var isCommand = HookCommand.TryParse(text, out var command, out var fault);

        Assert.Equal(expected is not null, isCommand);
        Assert.Equal(isCommand, fault.Length == 0);
        Assert.Equal(
            expected?.Replace("{zone}", "2.0.192.in-addr.arpa", StringComparison.Ordinal),
            command is null ? null : string.Join('|', command.For(DomainName.Parse("2.0.192.in-addr.arpa."), 7, "/x/2.0.192.in-addr.arpa.zone", "/x/2.0.192.in-addr.arpa.nsupdate")));
    }
}
