// Interfaces for XDP as an operator writes them.

using AltoDns.Server.Listening;

namespace AltoDns.Server.Tests.Listening.Xdp;

public sealed class XdpInterfaceTests
{
    [Theory]
    [InlineData("eth0", "eth0", "")]
    [InlineData("eth0:0", "eth0", "0")]
    [InlineData("enp1s0f0:2,0,2", "enp1s0f0", "0,2")]
    [InlineData("eth0.5", "eth0.5", "")]
    public void Reads_name_and_queues(string text, string name, string queues)
    {
        Assert.True(XdpInterface.TryParse(text, out var parsed, out var fault));
        Assert.Null(fault);
        Assert.Equal((name, queues), (parsed.Name, string.Join(',', parsed.Queues)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":0")]
    [InlineData("eth0:")]
    [InlineData("eth0:a")]
    [InlineData("eth0:-1")]
    [InlineData("eth0:0,")]
    [InlineData("eth0:1024")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("sixteen-letters!")]
    public void Says_how_to_write_it(string text)
    {
        Assert.False(XdpInterface.TryParse(text, out _, out var fault));
        Assert.Equal($"'{text}' is not an interface for XDP. Write INTERFACE or INTERFACE:QUEUE,QUEUE, such as eth0 or eth0:0,1.", fault);
    }
}
