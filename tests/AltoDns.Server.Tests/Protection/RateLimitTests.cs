// Which answers the rate limit keeps back, and how those look that it sends.

using System.Net;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Answering;
using AltoDns.Server.Listening;
using AltoDns.Server.Protection;
using AltoDns.Server.Tests.Answering;
using AltoDns.Testing;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.Protection;

public sealed class RateLimitTests
{
    private const int Rate = 20;
    private const int Flood = 1000;
    private const string Client = "192.0.2.9";

    private static readonly ZoneSet Zones = Asker.Load(
        "example.",
        "@ 60 SOA ns hostmaster 1 1 1 1 60\n@ 60 NS ns\nns 60 A 192.0.2.1\nother 60 A 192.0.2.2\n*.wild 60 TXT \"any\"\nsub 60 NS ns.sub\nns.sub 60 A 192.0.2.3\n");

    private static readonly CookieSecrets Secrets = new([new byte[16]]);

    [Theory]
    [InlineData("ns.example.", "ns.example.", true)]
    [InlineData("ns.example.", "other.example.", false)]
    [InlineData("a.wild.example.", "b.wild.example.", true)]
    [InlineData("nowhere.example.", "nor-here.example.", true)]
    [InlineData("a.sub.example.", "b.sub.example.", true)]
    [InlineData("a.example.org.", "b.example.net.", true)]
    [InlineData("nowhere.example.", "a.example.org.", false)]
    public void Counts_answers_of_one_kind_together(string first, string second, bool areOne)
    {
        var asker = new LimitedAsker(new RateLimitOptions { Rate = Rate, TotalRate = 0 });
        Assert.Equal(Rate, asker.Count(first, Client, Flood));

        Assert.Equal(areOne ? 0 : Rate, asker.Count(second, Client, Flood));
    }

    [Fact]
    public void Counts_all_kinds_together_as_well()
    {
        var asker = new LimitedAsker(new RateLimitOptions { Rate = Rate, TotalRate = 30 });
        Assert.Equal(Rate, asker.Count("ns.example.", Client, Rate));
        Assert.Equal(10, asker.Count("other.example.", Client, Flood));
    }

    [Theory]
    [InlineData(24, 56, "192.0.2.200", true)]
    [InlineData(24, 56, "192.0.3.9", false)]
    [InlineData(32, 56, "192.0.2.200", false)]
    [InlineData(16, 56, "192.0.99.1", true)]
    public void Counts_by_network(int ipv4, int ipv6, string other, bool isSame)
    {
        var asker = new LimitedAsker(new RateLimitOptions { Rate = Rate, IPv4Length = ipv4, IPv6Length = ipv6 });
        asker.Count("ns.example.", Client, Flood);
        Assert.Equal(isSame ? 0 : Rate, asker.Count("ns.example.", other, Rate));
    }

    [Theory]
    [InlineData("2001:db8:0:ff::1", true)]
    [InlineData("2001:db8:0:100::1", false)]
    public void Counts_IPv6_clients_by_their_site(string other, bool isSame)
    {
        var asker = new LimitedAsker(new RateLimitOptions { Rate = Rate });
        asker.Count("ns.example.", "2001:db8::1", Flood);
        Assert.Equal(isSame ? 0 : Rate, asker.Count("ns.example.", other, Rate));
    }

    [Fact]
    public void Leaves_exempt_clients_alone()
    {
        var asker = new LimitedAsker(new RateLimitOptions { Rate = Rate, Exempt = [IPPrefix.Parse("192.0.2.8/31")] });
        Assert.Equal(Flood, asker.Count("ns.example.", Client, Flood));
        Assert.Equal(Rate, asker.Count("ns.example.", "192.0.2.10", Flood));
    }

    [Fact]
    public void Leaves_streams_alone()
    {
        var asker = new LimitedAsker(new RateLimitOptions { Rate = Rate });
        Assert.Equal(Flood, asker.Count("ns.example.", Client, Flood, transport: Transport.Tcp));
    }

    [Fact]
    public void Leaves_clients_with_a_cookie_of_ours_alone()
    {
        var asker = new LimitedAsker(new RateLimitOptions { Rate = Rate });
        var context = new QueryContext { Transport = Transport.Udp, ClientAddress = IPAddress.Parse(Client).GetAddressBytes(), UnixTime = LimitedAsker.Now };
        var cookie = new byte[ServerCookie.OptionLength];
        Secrets.Write(new byte[8], context, cookie);

        Assert.Equal(Flood, asker.Count("ns.example.", Client, Flood, cookie));

        // Somebody else's cookie, and a client's half alone, help nobody.
        Assert.Equal(Rate, asker.Count("ns.example.", "192.0.2.10", Flood, cookie));
        Assert.Equal(0, asker.Count("ns.example.", "192.0.2.11", Flood, cookie[..8]));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 900)]
    [InlineData(2, 450)]
    [InlineData(3, 300)]
    public void Slips_as_many_as_it_is_told(int slip, int expected)
    {
        var asker = new LimitedAsker(new RateLimitOptions { Rate = Rate, Slip = slip });
        asker.Count("ns.example.", Client, Rate);
        asker.Count("ns.example.", Client, 900);

        Assert.InRange(asker.Counters.LimitedSlipped, expected - 1, expected + 1);
        Assert.Equal(900, asker.Counters.LimitedSlipped + asker.Counters.LimitedDropped);
    }

    [Fact]
    public void Slips_with_the_question_TC_and_a_cookie_alone()
    {
        var asker = new LimitedAsker(new RateLimitOptions { Rate = Rate, Slip = 1 });
        asker.Count("ns.example.", Client, Rate);
        var request = LimitedAsker.Query("ns.example.", new byte[8]);
        var answer = AnswerMessage.Parse(asker.Ask(request, Client, Transport.Udp));

        Assert.True(answer.IsTruncated);
        Assert.Equal(ResponseCode.NoError, answer.Header.ResponseCode);
        Assert.Equal((1, 0, 0, 1), (answer.Header.QuestionCount, answer.Header.AnswerCount, answer.Header.AuthorityCount, answer.Header.AdditionalCount));
        Assert.Equal(request.Length + ServerCookie.Length, asker.LastLength);

        var plain = LimitedAsker.Query("ns.example.", cookie: null);
        asker.Ask(plain, Client, Transport.Udp);
        Assert.Equal(plain.Length, asker.LastLength);
    }

    [Fact]
    public void Keeps_messages_back_that_are_no_questions()
    {
        var asker = new LimitedAsker(new RateLimitOptions { Rate = Rate, Slip = 0 });
        byte[] nonsense = [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for (var i = 0; i < Rate; i++)
        {
            asker.Ask(nonsense, Client, Transport.Udp);
            Assert.Equal(12, asker.LastLength);
        }

        asker.Ask(nonsense, Client, Transport.Udp);
        Assert.Equal(PendingAnswer.Limited, asker.LastLength);
    }

    [Fact]
    public void Keeps_accounts_when_other_rules_change()
    {
        var options = new ProtectionOptions { RateLimit = new RateLimitOptions { Rate = Rate, Exempt = [IPPrefix.Parse("203.0.113.0/24")] } };
        var asker = new LimitedAsker(options);
        asker.Count("ns.example.", Client, Flood);

        asker.Protection.Publish(options with { RateLimit = new RateLimitOptions { Rate = Rate, Exempt = [IPPrefix.Parse("203.0.113.0/24")] } });
        Assert.Equal(0, asker.Count("ns.example.", Client, Rate));

        asker.Protection.Publish(new ProtectionOptions());
        Assert.Equal(Flood, asker.Count("ns.example.", Client, Flood));
    }

    [Fact]
    public void Limits_without_allocation()
    {
        var asker = new LimitedAsker(new RateLimitOptions { Rate = Rate, Exempt = [IPPrefix.Parse("203.0.113.0/24")] });
        var request = LimitedAsker.Query("ns.example.", new byte[8]);
        var client = IPAddress.Parse(Client).GetAddressBytes();

        Assert.Equal(0, Allocation.PerRound(() => asker.Repeat(request, client, Flood)));
    }

    private sealed class LimitedAsker(ProtectionOptions options)
    {
        public const uint Now = 1_750_000_000;

        private readonly byte[] _response = new byte[ushort.MaxValue];
        private QueryProcessor? _processor;

        public LimitedAsker(RateLimitOptions options)
            : this(new ProtectionOptions { RateLimit = options })
        {
        }

        public ProtectionStore Protection { get; } = new(options);

        public ProtectionCounters Counters => Protection.Counters;

        public int LastLength { get; private set; }

        private QueryProcessor Processor => _processor ??=
            new QueryProcessor(new ZoneStore(Zones), new AnsweringSettings { Cookies = Secrets }) { Protection = Protection };

        public static byte[] Query(string name, byte[]? cookie)
        {
            var octets = new byte[512];
            var writer = new WireWriter(octets);
            new MessageHeader(1, MessageFlags.None, Opcode.Query, ResponseCode.NoError, 1, 0, 0, 1).Write(octets);
            writer.WriteOctets(octets.AsSpan(0, MessageHeader.Length).ToArray());
            writer.WriteOctets(DomainName.Parse(name).Wire);
            writer.WriteUInt16((ushort)RecordType.A);
            writer.WriteUInt16((ushort)RecordClass.Internet);
            var options = new byte[64];
            var optionWriter = new WireWriter(options);
            if (cookie is not null)
            {
                EdnsOption.Write(ref optionWriter, EdnsOptionCode.Cookie, cookie);
            }

            new OptRecord { UdpPayloadSize = 1232, Options = options.AsSpan(0, optionWriter.Position) }.Write(ref writer);
            return octets[..writer.Position];
        }

        public ReadOnlySpan<byte> Ask(byte[] request, string client, Transport transport)
        {
            var context = new QueryContext { Transport = transport, ClientAddress = IPAddress.Parse(client).GetAddressBytes(), UnixTime = Now };
            LastLength = Processor.Process(request, _response, context);
            return _response.AsSpan(0, Math.Max(LastLength, 0));
        }

        public void Repeat(byte[] request, byte[] client, int times)
        {
            for (var i = 0; i < times; i++)
            {
                var context = new QueryContext { Transport = Transport.Udp, ClientAddress = client, UnixTime = Now };
                Processor.Process(request, _response, context);
            }
        }

        /// <summary>How many of so many questions, all at one moment, get their whole answer.</summary>
        public int Count(string name, string client, int times, byte[]? cookie = null, Transport transport = Transport.Udp)
        {
            var request = Query(name, cookie);
            var (slipped, limited) = (Counters.LimitedSlipped, Counters.LimitedDropped);
            for (var i = 0; i < times; i++)
            {
                Ask(request, client, transport);
            }

            return times - (int)(Counters.LimitedSlipped - slipped + Counters.LimitedDropped - limited);
        }
    }
}
