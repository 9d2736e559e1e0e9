// Every vector of records.txt, in every direction and in every cut.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Tests.Records;

public sealed class RecordVectorTests
{
    private const byte Guard = 0xA5;
    private const int GuardLength = 8;

    /// <summary>Types whose data ends in octets of any number, so that a cut may be data too.</summary>
    private static readonly HashSet<RecordType> OpenEnded =
    [
        RecordType.TXT, RecordType.SPF, RecordType.CERT, RecordType.RRSIG, RecordType.NSEC, RecordType.NSEC3, RecordType.CSYNC,
        RecordType.DNSKEY, RecordType.CDNSKEY, RecordType.TLSA, RecordType.SMIMEA, RecordType.OPENPGPKEY, RecordType.ZONEMD,
        RecordType.SVCB, RecordType.HTTPS, RecordType.URI, RecordType.CAA, RecordType.DS, RecordType.CDS, RecordType.SSHFP,
    ];

    public static TheoryData<string> Vectors => VectorFile.Lines("records.txt");

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Presentation_becomes_wire(string line)
    {
        var vector = RecordVector.Parse(line);
        Assert.Equal(Convert.ToHexString(vector.Wire), Convert.ToHexString(RecordWords.Parse(vector.Type, vector.Presentation).ToWire()));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Wire_becomes_canonical_presentation_which_reads_back(string line)
    {
        var vector = RecordVector.Parse(line);
        var data = Read(vector);
        Assert.Equal(vector.Type, data.RecordType);
        Assert.Equal(vector.Canonical, data.ToString());
        Assert.Equal(data, RecordWords.Parse(vector.Type, data.ToString()));
        Assert.Equal(vector.Wire, data.ToWire());
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Unknown_form_is_read_for_known_types(string line)
    {
        var vector = RecordVector.Parse(line);
        var text = new UnknownData(vector.Type, vector.Wire).ToString();
        Assert.Equal(vector.Canonical, RecordWords.Parse(vector.Type, text).ToString());
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Cut_data_is_refused_without_moving(string line)
    {
        var vector = RecordVector.Parse(line);
        for (var length = 0; length < vector.Wire.Length; length++)
        {
            AssertRefusedOrExact(vector.Type, vector.Wire[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Octet_too_many_is_refused(string line)
    {
        var vector = RecordVector.Parse(line);
        AssertRefusedOrExact(vector.Type, [.. vector.Wire, 0]);
        AssertRefusedOrExact(vector.Type, [.. vector.Wire, 0xFF]);
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Cut_record_is_refused_without_moving(string line)
    {
        var vector = RecordVector.Parse(line);
        var record = new ResourceRecord(DomainName.Parse("77.2.0.192.in-addr.arpa."), RecordClass.Internet, 3600, Read(vector));
        var message = new byte[MessageHeader.Length + 512 + vector.Wire.Length];
        var writer = new WireWriter(message);
        writer.WriteOctets(new byte[MessageHeader.Length]);
        record.Write(ref writer);
        for (var length = MessageHeader.Length; length <= writer.Position; length++)
        {
            var reader = new WireReader(message.AsSpan(0, length));
            Assert.True(reader.TryReadOctets(MessageHeader.Length, out _));
            var read = ResourceRecord.TryRead(ref reader, out var found);
            Assert.Equal(length == writer.Position, read);
            Assert.Equal(read ? length : MessageHeader.Length, reader.Position);
            Assert.True(!read || record == found);
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Buffers_of_every_size_overflow_cleanly(string line)
    {
        var data = Read(RecordVector.Parse(line));
        var wire = data.ToWire();
        for (var size = 0; size <= wire.Length; size++)
        {
            var buffer = new byte[size + 2 * GuardLength];
            buffer.AsSpan().Fill(Guard);
            var writer = new WireWriter(buffer.AsSpan(GuardLength, size));
            data.Write(ref writer);
            Assert.Equal(size < wire.Length, writer.Overflowed);
            Assert.Equal(wire[..writer.Position], writer.Written.ToArray());
            Assert.False(buffer.AsSpan(0, GuardLength).ContainsAnyExcept(Guard));
            Assert.False(buffer.AsSpan(GuardLength + writer.Position).ContainsAnyExcept(Guard));
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Names_to_compress_stand_where_the_table_says(string line)
    {
        var vector = RecordVector.Parse(line);
        var names = RecordTypes.NamesToCompress(vector.Type);
        var position = (int)names.Offset;
        for (var i = 0; i < names.Count; i++)
        {
            var length = WireName.Measure(vector.Wire.AsSpan(position));
            Assert.NotEqual(0, length);
            position += length;
        }

        Assert.True(position <= vector.Wire.Length);
    }

    [Fact]
    public void Every_type_of_the_table_has_two_vectors()
    {
        var counts = Vectors.Select(row => RecordVector.Parse(row.Data).Type).CountBy(type => type).ToDictionary();
        Assert.Equal([], RecordTypes.Known.Where(type => counts.GetValueOrDefault(type) < 2));
        Assert.Equal([], counts.Keys.Except(RecordTypes.Known));
    }

    [Fact]
    public void Every_type_of_the_table_is_data_of_one_class_with_its_own_file()
    {
        var classes = typeof(RecordData).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(RecordData)) && !type.IsAbstract);
        Assert.Equal(RecordTypes.Known.Count(), classes.Count() - 1); // UnknownData is of no one type.
        Assert.Equal(RecordTypes.Known.Count(), RecordTypes.Known.Distinct().Count());
    }

    private static RecordData Read(RecordVector vector)
    {
        var reader = WireReader.OverData(vector.Wire);
        Assert.True(RecordTypes.TryReadData(vector.Type, ref reader, out var data));
        Assert.True(reader.AtEnd);
        return data;
    }

    private static void AssertRefusedOrExact(RecordType type, byte[] octets)
    {
        var reader = WireReader.OverData(octets);
        if (!RecordTypes.TryReadData(type, ref reader, out var data))
        {
            Assert.Equal(0, reader.Position);
            Assert.Null(data);
            return;
        }

        Assert.Contains(type, OpenEnded);
        Assert.Equal(octets, data.ToWire());
        Assert.Equal(data, RecordWords.Parse(type, data.ToString()));
    }
}
