// The Update Lease option (RFC 9664), and updates that carry it.

using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Tests.Edns;

public sealed class UpdateLeaseTests
{
    [Theory]
    [InlineData("00000E10", 3600u, null)]
    [InlineData("00000E1000093A80", 3600u, 604800u)]
    public void Reads_and_writes_both_forms(string data, uint lease, uint? keyLease)
    {
        Assert.True(UpdateLease.TryRead(Convert.FromHexString(data), out var read));
        Assert.Equal(new UpdateLease(lease, keyLease), read);
        var buffer = new byte[read.OptionLength];
        var writer = new WireWriter(buffer);
        read.Write(ref writer);
        Assert.Equal($"0002{data.Length / 2:X4}{data}", Convert.ToHexString(writer.Written));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000E")]
    [InlineData("00000E1000")]
    [InlineData("00000E1000093A8000")]
    public void Refuses_other_lengths(string data) => Assert.False(UpdateLease.TryRead(Convert.FromHexString(data), out _));

    [Fact]
    public void Reads_what_was_written_and_none_of_its_truncations()
    {
        var owner = DomainName.Parse("a.example.");
        var message = new byte[512];
        var length = new UpdateBuilder(DomainName.Parse("example.")) { Lease = new UpdateLease(60, 120) }
            .Require(new UpdateRecord(owner, RecordType.A, RecordClass.None, 0, null))
            .Add(owner, 300, new AData(0xC0000201))
            .Delete(owner, RecordType.ANY)
            .Delete(owner, new AData(0xC0000202))
            .Write(message, 77);

        Assert.Equal(UpdateReadOutcome.Read, UpdateMessage.Read(message.AsSpan(0, length), out var update));
        Assert.Equal(new UpdateLease(60, 120), update!.Lease);
        Assert.Equal(77, update.Header.Id);
        Assert.Equal(DomainName.Parse("example."), update.Zone);
        Assert.Equal([new UpdateRecord(owner, RecordType.A, RecordClass.None, 0, null)], update.Prerequisites);
        Assert.Equal(
            [
                new UpdateRecord(owner, RecordType.A, RecordClass.Internet, 300, new AData(0xC0000201)),
                new UpdateRecord(owner, RecordType.ANY, RecordClass.Any, 0, null),
                new UpdateRecord(owner, RecordType.A, RecordClass.None, 0, new AData(0xC0000202)),
            ],
            update.Updates);
        for (var cut = 0; cut < length; cut++)
        {
            Assert.Equal(UpdateReadOutcome.FormatError, UpdateMessage.Read(message.AsSpan(0, cut), out _));
        }
    }
}
