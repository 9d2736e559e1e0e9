// Checks that names shortened by the table of transfers are read back as they were.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Tests.Messages;

public sealed class NameTableTests
{
    private readonly byte[] _message = new byte[ushort.MaxValue];

    [Fact]
    public void A_sibling_takes_its_label_and_a_pointer()
    {
        var names = new[] { "1.2.0.192.in-addr.arpa.", "2.2.0.192.in-addr.arpa.", "3.2.0.192.in-addr.arpa.", "2.2.0.192.in-addr.arpa." };

        var lengths = LengthsOf(names);

        Assert.Equal([24, 4, 4, 2], lengths);
    }

    [Fact]
    public void Names_of_the_other_series_do_not_come_between()
    {
        var table = new NameTable();
        var writer = Begin();
        var length = 0;
        foreach (var (name, series) in new[] { ("1.b.example.", 0), ("host.net.example.", 1), ("2.b.example.", 0), ("peer.net.example.", 1) })
        {
            var start = writer.Position;
            table.Write(ref writer, DomainName.Parse(name).Wire, series);
            length = writer.Position - start;
        }

        Assert.Equal("peer".Length + 1 + 2, length);
    }

    [Fact]
    public void What_was_written_before_a_reset_is_not_pointed_at()
    {
        var table = new NameTable();
        var writer = Begin();
        var name = DomainName.Parse("1.b.example.").Wire;
        table.Write(ref writer, name, series: 0);
        table.Reset();
        var start = writer.Position;

        table.Write(ref writer, name, series: 0);

        Assert.Equal(name.Length, writer.Position - start);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Reads_back_what_it_shortens(int seed)
    {
        var random = new Random(seed);
        var table = new NameTable();
        var writer = Begin();
        var written = new List<(int Position, DomainName Name)>();
        while (writer.Position < _message.Length - DomainName.MaxLength)
        {
            var name = DomainName.Parse(NameOf(random));
            written.Add((writer.Position, name));
            table.Write(ref writer, name.Wire, random.Next(NameTable.SeriesCount));
        }

        Assert.False(writer.Overflowed);
        foreach (var (position, name) in written)
        {
            var reader = new WireReader(_message);
            Assert.True(reader.TryReadOctets(position, out _));
            Assert.True(reader.TryReadName(out var read));
            Assert.Equal(name.ToString(), read.ToString());
        }
    }

    // Few labels in either case, so that many names are equal, siblings, or differ in case alone; of lengths on both sides of eight octets.
    private static string NameOf(Random random)
    {
        string[] labels = ["a", "A", "host-1-2", "host-1-3", "HOST-1-2", "customer-12345678", "net", "", "x1", "7"];
        var name = string.Empty;
        for (var count = random.Next(6); count >= 0; count--)
        {
            var label = labels[random.Next(labels.Length)];
            name += (label.Length > 0 ? label : $"n{random.Next(10_000)}") + '.';
        }

        return random.Next(50) == 0 ? "." : name;
    }

    private int[] LengthsOf(string[] names)
    {
        var table = new NameTable();
        var writer = Begin();
        var lengths = new List<int>();
        foreach (var name in names)
        {
            var start = writer.Position;
            table.Write(ref writer, DomainName.Parse(name).Wire, series: 0);
            lengths.Add(writer.Position - start);
        }

        return [.. lengths];
    }

    // A message begins with its header.
    private WireWriter Begin()
    {
        var writer = new WireWriter(_message);
        writer.WriteOctets(new byte[MessageHeader.Length]);
        return writer;
    }
}
