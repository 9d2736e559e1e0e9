// Who may ask what, and what others are told.

using System.Net;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Access;
using AltoDns.Server.Answering;
using AltoDns.Server.Protection;
using AltoDns.Testing;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.Protection;

public sealed class QueryAccessTests
{
    private const string Inside = "192.0.2.9";
    private const string Partner = "198.51.100.1";
    private const string Stranger = "203.0.113.1";

    private static readonly ZoneSet Zones = new(
    [
        Zone("open.example.", "alias 60 CNAME www.closed.example.\n"),
        Zone("closed.example.", "www 60 A 192.0.2.1\n"),
    ]);

    private static readonly ProtectionOptions Rules = new()
    {
        AllowQuery = Allow("192.0.2.0/24", "2001:db8::/32"),
        AllowQueryByZone = new Dictionary<DomainName, AccessList>
        {
            [DomainName.Parse("open.example.")] = new([new AccessRule(Prefix: null, Key: null)]),
            [DomainName.Parse("closed.example.")] = Allow(Partner + "/32"),
        },
    };

    [Theory]
    [InlineData(Inside, "www.open.example.", RecordClass.Internet, true)]
    [InlineData(Stranger, "www.open.example.", RecordClass.Internet, true)]
    [InlineData(Partner, "www.closed.example.", RecordClass.Internet, true)]
    [InlineData(Inside, "www.closed.example.", RecordClass.Internet, false)]
    [InlineData(Stranger, "www.closed.example.", RecordClass.Internet, false)]
    [InlineData(Stranger, "www.elsewhere.example.", RecordClass.Internet, false)]
    [InlineData(Stranger, "version.bind.", RecordClass.Chaos, false)]
    [InlineData("2001:db8::1", "version.bind.", RecordClass.Chaos, true)]
    public void Refuses_whom_no_rule_names(string client, string name, RecordClass recordClass, bool mayAsk)
    {
        var protection = new ProtectionStore(Rules);
        var (code, error, _) = Ask(protection, client, name, recordClass);

        Assert.Equal(mayAsk, code != ResponseCode.Refused);
        Assert.Equal(mayAsk ? null : ExtendedErrorCode.Prohibited, error);
        Assert.Equal(mayAsk ? 0 : 1, protection.Counters.QueriesProhibited);
    }

    [Fact]
    public void Says_to_those_within_that_a_zone_is_not_here()
    {
        var (code, error, _) = Ask(new ProtectionStore(Rules), Inside, "www.elsewhere.example.", RecordClass.Internet);

        Assert.Equal((ResponseCode.Refused, ExtendedErrorCode.NotAuthoritative), (code, error));
    }

    [Theory]
    [InlineData(Partner, 2)]
    [InlineData(Stranger, 1)]
    public void Follows_no_alias_into_a_zone_that_is_closed(string client, int answers) =>
        Assert.Equal(answers, Ask(new ProtectionStore(Rules), client, "alias.open.example.", RecordClass.Internet).Answers);

    [Fact]
    public void Lets_a_key_in_from_anywhere()
    {
        var key = DomainName.Parse("xfr.");
        var access = new QueryAccess(new AccessList([new AccessRule(Prefix: null, key)]), new Dictionary<DomainName, AccessList>());

        Assert.True(access.Allows(null, [203, 0, 113, 1], key));
        Assert.False(access.Allows(null, [203, 0, 113, 1], DomainName.Parse("other.")));
        Assert.False(access.Allows(null, [203, 0, 113, 1], key: null));
    }

    private static AccessList Allow(params string[] prefixes) => new([.. prefixes.Select(prefix => new AccessRule(IPPrefix.Parse(prefix), Key: null))]);

    private static ZoneSnapshot Zone(string origin, string records) =>
        new ScenarioZone(origin, DomainName.Parse(origin), $"@ 60 SOA ns hostmaster 1 1 1 1 60\n@ 60 NS ns\nns 60 A 192.0.2.1\n{records}").Load();

    private static (ResponseCode Code, ExtendedErrorCode? Error, int Answers) Ask(ProtectionStore protection, string client, string name, RecordClass recordClass)
    {
        var processor = new QueryProcessor(new ZoneStore(Zones), new AnsweringSettings { Version = "1" }) { Protection = protection };
        var request = new byte[512];
        new MessageHeader(1, MessageFlags.None, Opcode.Query, ResponseCode.NoError, 1, 0, 0, 1).Write(request);
        var writer = new WireWriter(request);
        writer.WriteOctets(request.AsSpan(0, MessageHeader.Length).ToArray());
        writer.WriteOctets(DomainName.Parse(name).Wire);
        writer.WriteUInt16((ushort)(recordClass == RecordClass.Chaos ? RecordType.TXT : RecordType.A));
        writer.WriteUInt16((ushort)recordClass);
        new OptRecord { UdpPayloadSize = 1232 }.Write(ref writer);

        var response = new byte[ushort.MaxValue];
        var context = new QueryContext { Transport = Transport.Udp, ClientAddress = IPAddress.Parse(client).GetAddressBytes(), UnixTime = 0 };
        var length = processor.Process(request.AsSpan(0, writer.Position), response, context);
        var answer = AnswerMessage.Parse(response.AsSpan(0, length));

        // The OPT record is the last of the message, and its extended error the only option.
        var tail = response.AsSpan(length - 6, 6);
        var hasError = tail[..4].SequenceEqual(new byte[] { 0, 15, 0, 2 });
        return (answer.Header.ResponseCode, hasError ? (ExtendedErrorCode)((tail[4] << 8) | tail[5]) : null, answer.Header.AnswerCount);
    }
}
