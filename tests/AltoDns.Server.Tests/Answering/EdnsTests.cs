using System.Text;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Answering;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.Answering;

public sealed class EdnsTests
{
    private const uint Now = 1559731985;
    private static readonly byte[] Secret = Convert.FromHexString("e5e973e5a6b2a43f48e7dc849e37bfcf");
    private static readonly byte[] Client = [198, 51, 100, 100];

    private static readonly ZoneSet Zones = Asker.Load("example.com.", "@ 60 SOA ns hostmaster 7 1 1 1 60\n@ 60 NS ns.example.net.\nwww 60 A 192.0.2.1\n");

    private static readonly AnsweringSettings Settings = new()
    {
        Identity = "ns1.isp.example",
        Version = "AltoDns 1",
        ReportAgent = DomainName.Parse("report.example."),
        Cookies = new CookieSecrets([Secret]),
    };

    [Fact]
    public void Gives_the_cookie_of_RFC_9018_to_a_client_that_sends_one()
    {
        var options = Ask(Transport.Udp, "www.example.com.", (EdnsOptionCode.Cookie, "2464c4abcf10c957"));

        Assert.Equal("2464c4abcf10c957010000005cf79f111f8130c3eee29480", options[EdnsOptionCode.Cookie]);
    }

    [Fact]
    public void Takes_cookies_of_the_last_secret_after_a_rotation()
    {
        var secrets = new CookieSecrets([Secret]);
        var context = new QueryContext { Transport = Transport.Udp, ClientAddress = Client, UnixTime = Now };
        var option = new byte[ServerCookie.OptionLength];
        secrets.Write(Convert.FromHexString("2464c4abcf10c957"), context, option);

        secrets.Rotate(new byte[16]);
        Assert.True(secrets.IsValid(option, context));

        secrets.Rotate(new byte[16]);
        Assert.False(secrets.IsValid(option, context));
    }

    [Theory]
    [InlineData("24", Transport.Udp)]
    [InlineData("2464c4abcf10c957ff", Transport.Udp)]
    [InlineData("2464c4abcf10c957ff", Transport.Tcp)]
    public void Answers_a_misshapen_cookie_with_FORMERR(string cookie, Transport transport) =>
        Assert.Equal(ResponseCode.FormatError, Code(transport, "www.example.com.", (EdnsOptionCode.Cookie, cookie)));

    [Fact]
    public void Names_itself_only_when_asked()
    {
        var asked = Ask(Transport.Udp, "www.example.com.", (EdnsOptionCode.Nsid, ""));
        var notAsked = Ask(Transport.Udp, "www.example.com.");

        Assert.Equal(Convert.ToHexStringLower(Encoding.UTF8.GetBytes("ns1.isp.example")), asked[EdnsOptionCode.Nsid]);
        Assert.DoesNotContain(EdnsOptionCode.Nsid, notAsked.Keys);
    }

    [Fact]
    public void Tells_the_idle_timeout_over_TCP_alone()
    {
        var tcp = Ask(Transport.Tcp, "www.example.com.", (EdnsOptionCode.TcpKeepalive, ""));
        var udp = Ask(Transport.Udp, "www.example.com.", (EdnsOptionCode.TcpKeepalive, "0001"));

        Assert.Equal("0064", tcp[EdnsOptionCode.TcpKeepalive]);
        Assert.DoesNotContain(EdnsOptionCode.TcpKeepalive, udp.Keys);
        Assert.Equal(ResponseCode.FormatError, Code(Transport.Tcp, "www.example.com.", (EdnsOptionCode.TcpKeepalive, "0001")));
    }

    [Fact]
    public void Tells_the_version_of_the_zone_that_answers()
    {
        var inside = Ask(Transport.Udp, "nowhere.example.com.", (EdnsOptionCode.ZoneVersion, ""));
        var outside = Ask(Transport.Udp, "example.org.", (EdnsOptionCode.ZoneVersion, ""));

        Assert.Equal("020000000007", inside[EdnsOptionCode.ZoneVersion]);
        Assert.DoesNotContain(EdnsOptionCode.ZoneVersion, outside.Keys);
    }

    [Fact]
    public void Says_that_it_is_not_authoritative_for_other_zones()
    {
        var options = Ask(Transport.Udp, "example.org.");

        Assert.Equal("0014", options[EdnsOptionCode.ExtendedError]);
        Assert.DoesNotContain(EdnsOptionCode.ReportChannel, options.Keys);
    }

    [Fact]
    public void Names_the_agent_for_error_reports() =>
        Assert.Equal(Convert.ToHexStringLower(Settings.ReportAgent!.Value.Wire), Ask(Transport.Udp, "www.example.com.")[EdnsOptionCode.ReportChannel]);

    [Fact]
    public void Answers_a_repeated_option_once() =>
        Assert.Single(Ask(Transport.Udp, "www.example.com.", (EdnsOptionCode.Nsid, ""), (EdnsOptionCode.Nsid, "")), option => option.Key == EdnsOptionCode.Nsid);

    [Theory]
    [InlineData("version.bind.", "AltoDns 1")]
    [InlineData("VERSION.server.", "AltoDns 1")]
    [InlineData("hostname.bind.", "ns1.isp.example")]
    [InlineData("id.server.", "ns1.isp.example")]
    public void Speaks_of_itself_in_class_CH(string name, string text)
    {
        var answer = AskRaw(Settings, Transport.Udp, Request(name, RecordType.TXT, RecordClass.Chaos));

        Assert.EndsWith(Convert.ToHexString(Encoding.UTF8.GetBytes(text)), Convert.ToHexString(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version.bind.", RecordClass.Chaos)]
    [InlineData("id.server.", RecordClass.Chaos)]
    [InlineData("authors.bind.", RecordClass.Chaos)]
    [InlineData("www.example.com.", RecordClass.Hesiod)]
    [InlineData("www.example.com.", RecordClass.Chaos)]
    public void Refuses_what_it_has_nothing_to_say_to(string name, RecordClass recordClass)
    {
        var answer = AskRaw(new AnsweringSettings(), Transport.Udp, Request(name, RecordType.TXT, recordClass));

        Assert.True(MessageHeader.TryRead(answer, out var header));
        Assert.Equal(ResponseCode.Refused, header.ResponseCode);
    }

    [Theory]
    [InlineData("www.example.com.", "")]
    [InlineData("www.example.com.", "00000000")]
    [InlineData("nowhere.example.com.", "")]
    [InlineData("example.org.", "")]
    public void Pads_to_whole_blocks_where_the_client_does_and_nobody_reads_along(string name, string padding)
    {
        var padded = Request(name, RecordType.A, RecordClass.Internet, (EdnsOptionCode.Padding, padding), (EdnsOptionCode.Nsid, ""));
        var plain = Request(name, RecordType.A, RecordClass.Internet, (EdnsOptionCode.Nsid, ""));

        var answer = AskRaw(Settings, Transport.Tcp, padded, isEncrypted: true);
        var unpadded = AskRaw(Settings, Transport.Tcp, plain, isEncrypted: true);

        Assert.Equal(ResponsePadding.BlockLength, answer.Length);
        Assert.Equal(new string('0', 2 * (answer.Length - unpadded.Length - EdnsOption.HeaderLength)), Options(answer).ToDictionary()[EdnsOptionCode.Padding]);
        Assert.Equal(Options(unpadded), Options(answer).Where(option => option.Key != EdnsOptionCode.Padding));
        Assert.Equal(unpadded, AskRaw(Settings, Transport.Tcp, padded));
        Assert.Equal(unpadded.Length, AskRaw(Settings, Transport.Udp, padded).Length);
    }

    [Theory]
    [InlineData(464, 0, 100_000, 468)]
    [InlineData(465, 0, 100_000, 936)]
    [InlineData(464, 100, 100_000, 836)]
    [InlineData(464, 0, 468, 468)]
    [InlineData(464, 0, 467, 464)]
    [InlineData(470, 0, 800, 800)]
    public void Padding_fills_the_block_with_what_comes_after_or_what_room_there_is(int length, int reserved, int room, int expected)
    {
        var response = Enumerable.Repeat((byte)0xFF, room).ToArray();
        const int OptionsLength = 10;
        response[length - OptionsLength - 2] = 0;
        response[length - OptionsLength - 1] = OptionsLength;

        Assert.Equal(expected, ResponsePadding.Pad(response, length, OptionsLength, reserved));
        Assert.All(response[expected..], octet => Assert.Equal(0xFF, octet));
        Assert.Equal(OptionsLength + expected - length, (response[length - OptionsLength - 2] << 8) | response[length - OptionsLength - 1]);
    }

    private static ResponseCode Code(Transport transport, string name, params (EdnsOptionCode Code, string Data)[] options)
    {
        Assert.True(MessageHeader.TryRead(AskRaw(Settings, transport, Request(name, RecordType.A, RecordClass.Internet, options)), out var header));
        return header.ResponseCode;
    }

    private static List<KeyValuePair<EdnsOptionCode, string>> AskAll(Transport transport, string name, (EdnsOptionCode Code, string Data)[] options)
    {
        return Options(AskRaw(Settings, transport, Request(name, RecordType.A, RecordClass.Internet, options)));
    }

    private static List<KeyValuePair<EdnsOptionCode, string>> Options(byte[] answer)
    {
        Assert.True(MessageHeader.TryRead(answer, out var header));
        var reader = new WireReader(answer);
        Assert.True(reader.TryReadOctets(MessageHeader.Length, out _));
        Assert.True(Question.TryRead(ref reader, out _));
        for (var i = 0; i < header.AnswerCount + header.AuthorityCount; i++)
        {
            Assert.True(ResourceRecord.TryRead(ref reader, out _));
        }

        Assert.True(OptRecord.TryRead(ref reader, out var opt));
        var found = new List<KeyValuePair<EdnsOptionCode, string>>();
        foreach (var option in opt)
        {
            found.Add(new(option.Code, Convert.ToHexStringLower(option.Data)));
        }

        return found;
    }

    private static Dictionary<EdnsOptionCode, string> Ask(Transport transport, string name, params (EdnsOptionCode Code, string Data)[] options) =>
        AskAll(transport, name, options).ToDictionary();

    private static byte[] AskRaw(AnsweringSettings settings, Transport transport, byte[] request, bool isEncrypted = false)
    {
        var response = new byte[ushort.MaxValue];
        var context = new QueryContext { Transport = transport, ClientAddress = Client, UnixTime = Now, IdleTimeout = 100, IsEncrypted = isEncrypted };
        return response[..new QueryProcessor(new ZoneStore(Zones), settings).Process(request, response, context)];
    }

    private static byte[] Request(string name, RecordType type, RecordClass recordClass, params (EdnsOptionCode Code, string Data)[] options)
    {
        var message = new byte[512];
        var optionWriter = new WireWriter(new byte[256]);
        foreach (var (code, data) in options)
        {
            EdnsOption.Write(ref optionWriter, code, Convert.FromHexString(data));
        }

        var writer = new WireWriter(message);
        writer.WriteOctets(new byte[MessageHeader.Length]);
        new Question(DomainName.Parse(name), type, recordClass).Write(ref writer);
        var hasEdns = recordClass == RecordClass.Internet;
        if (hasEdns)
        {
            new OptRecord { UdpPayloadSize = 1232, Options = optionWriter.Written }.Write(ref writer);
        }

        new MessageHeader(1, MessageFlags.None, Opcode.Query, ResponseCode.NoError, 1, 0, 0, hasEdns ? (ushort)1 : (ushort)0).Write(message);
        return writer.Written.ToArray();
    }
}
