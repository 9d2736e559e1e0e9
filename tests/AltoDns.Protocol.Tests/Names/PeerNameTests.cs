using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Tests.Names;

public sealed class PeerNameTests
{
    private static readonly DomainName Address = DomainName.Parse("1.100.51.198.in-addr.arpa.");

    [Theory]
    [InlineData(40123, "b.b.c.9._port.1.100.51.198.in-addr.arpa.")]
    [InlineData(80, "0.5.0.0._port.1.100.51.198.in-addr.arpa.")]
    [InlineData(0, "0.0.0.0._port.1.100.51.198.in-addr.arpa.")]
    [InlineData(65535, "f.f.f.f._port.1.100.51.198.in-addr.arpa.")]
    public void Names_a_port_by_its_nibbles_least_significant_first(int port, string name) =>
        Assert.Equal(name, PeerName.FromPort(Address, (ushort)port).ToString());

    [Theory]
    [InlineData(0, "_port.1.100.51.198.in-addr.arpa.")]
    [InlineData(2, "c.9._port.1.100.51.198.in-addr.arpa.")]
    [InlineData(4, "0.0.c.9._port.1.100.51.198.in-addr.arpa.")]
    public void Names_a_block_by_the_nibbles_that_its_ports_have_in_common(int nibbles, string name) =>
        Assert.Equal(name, PeerName.FromPortBlock(Address, 0x9C00, nibbles).ToString());

    [Theory]
    [InlineData("c1f3.north")]
    [InlineData("0")]
    [InlineData("A-1.xn--bcher-kva")]
    public void Puts_an_id_before_peer(string id)
    {
        Assert.True(PeerName.TryFromId(Address, id, out var name));
        Assert.Equal($"{id}._peer.{Address}", name.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("north.")]
    [InlineData(".north")]
    [InlineData("a..b")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("*.north")]
    [InlineData("c1_f3")]
    [InlineData("a\\046b")]
    [InlineData("a b")]
    [InlineData("é")]
    public void Refuses_what_is_no_id(string id) => Assert.False(PeerName.TryFromId(Address, id, out _));

    [Fact]
    public void Takes_labels_of_63_and_ids_of_128_characters_and_no_more()
    {
        var label = new string('a', 63);

        Assert.True(PeerName.IsId($"{label}.{label[1..]}.b"));
        Assert.False(PeerName.IsId($"{label}.{label}.b"));
        Assert.False(PeerName.IsId(label + "a"));
    }

    [Fact]
    public void Finds_room_for_the_longest_id_below_any_address()
    {
        var id = $"{new string('a', 63)}.{new string('b', 62)}.c";
        var address = ReverseName.FromPrefix(IPPrefix.Create(UInt128.MaxValue, 128, isIPv6: true));

        Assert.True(PeerName.TryFromId(address, id, out var name));
        Assert.True(name.Length < DomainName.MaxLength - 20);
    }
}
