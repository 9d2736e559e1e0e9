// Serials by every policy: forward with each change, the same after a restart without one, never back.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;

namespace AltoDns.Zones.Tests.Signing;

public sealed class ZoneNumberingTests : IDisposable
{
    private static readonly DomainName Origin = DomainName.Parse("example.");
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 23, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-serials-").FullName;
    private readonly FixedTime _time = new() { Now = Start };
    private readonly ProblemList _problems = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(SerialPolicy.FileTime, 500u)]
    [InlineData(SerialPolicy.UnixTime, 1_772_665_200u)]
    [InlineData(SerialPolicy.Increment, 1u)]
    [InlineData(SerialPolicy.DateSerial, 2_026_030_400u)]
    public void Counts_up_from_where_the_policy_begins(SerialPolicy policy, uint first)
    {
        var numbering = new ZoneNumbering(_folder, _time);
        Assert.Equal(first, numbering.Number(Zone(500, "a"), policy, _problems).Serial);
        Assert.Equal(first + 1, numbering.Number(Zone(500, "b"), policy, _problems).Serial);
        Assert.Equal(first + 2, numbering.Number(Zone(400, "c"), policy, _problems).Serial);
        Assert.Empty(_problems.All);
    }

    [Theory]
    [InlineData(SerialPolicy.FileTime)]
    [InlineData(SerialPolicy.UnixTime)]
    [InlineData(SerialPolicy.Increment)]
    [InlineData(SerialPolicy.DateSerial)]
    public void Keeps_the_serial_of_a_zone_that_is_the_same_after_a_restart(SerialPolicy policy)
    {
        var before = new ZoneNumbering(_folder, _time);
        before.Number(Zone(500, "a"), policy, _problems);
        var last = before.Number(Zone(500, "b"), policy, _problems).Serial;
        _time.Now += TimeSpan.FromDays(3);
        Assert.Equal(last, new ZoneNumbering(_folder, _time).Number(Zone(501, "b"), policy, _problems).Serial);
    }

    [Theory]
    [InlineData(SerialPolicy.FileTime)]
    [InlineData(SerialPolicy.UnixTime)]
    [InlineData(SerialPolicy.Increment)]
    [InlineData(SerialPolicy.DateSerial)]
    public void Never_goes_back_over_restarts_and_clocks_set_back(SerialPolicy policy)
    {
        var last = new ZoneNumbering(_folder, _time).Number(Zone(500, "0"), policy, _problems).Serial;
        for (var i = 1; i < 10; i++)
        {
            _time.Now -= TimeSpan.FromDays(1);
            var next = new ZoneNumbering(_folder, _time).Number(Zone((uint)(500 - i), $"{i}"), policy, _problems).Serial;
            Assert.True(SerialNumber.Compare(next, last) > 0, $"{next} after {last}");
            last = next;
        }
    }

    [Fact]
    public void Serves_a_zone_whose_serial_cannot_be_stored_and_says_so()
    {
        File.WriteAllText(Path.Combine(_folder, "serials"), "");
        Assert.Equal(500u, new ZoneNumbering(_folder, _time).Number(Zone(500, "a"), SerialPolicy.UnixTime, _problems).Serial);
        Assert.Equal(Severity.Warning, Assert.Single(_problems.All).Severity);
    }

    private static ZoneSnapshot Zone(uint serial, string text)
    {
        var builder = new ZoneBuilder(Origin);
        builder.AddRecord(ZoneSnapshot.Apex, 60, new SoaData(Origin, Origin, serial, 1, 1, 1, 1));
        builder.AddRecord(ZoneSnapshot.Apex, 60, new NsData(Origin));
        builder.AddRecord(ZoneSnapshot.Apex, 60, new UnknownData(RecordType.TXT, [(byte)text.Length, .. text.Select(letter => (byte)letter)]));
        return builder.Freeze();
    }

    private sealed class FixedTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
