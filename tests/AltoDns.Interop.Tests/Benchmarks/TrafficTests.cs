// What the benchmark expects of its servers is what AltoDns answers, and a wrong answer is found out.

using System.Buffers.Binary;
using System.Net;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;
using AltoDns.Harness.Internet;
using AltoDns.Protocol.Messages;
using AltoDns.Server.Answering;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;

namespace AltoDns.Interop.Tests.Benchmarks;

public sealed class TrafficTests
{
    private const int Count = 2000;
    private const int OptLength = 11;

    private static readonly byte[] Client = IPAddress.Loopback.GetAddressBytes();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Mixed_traffic_expects_what_the_policy_says(bool isIPv6)
    {
        using var folder = new TemporaryFolder();
        var traffic = isIPv6 ? MixedTraffic.IPv6 : MixedTraffic.IPv4;
        var policy = Path.Combine(folder.Path, "policy.yaml");
        traffic.WritePolicy(policy);
        var processor = new QueryProcessor(new ZoneStore(ZoneLoader.Load(new ZoneSources { Policies = [policy] }).Zones!), new AnsweringSettings());
        var maker = new QueryMaker(AnswerStyle.Zones);
        var asked = traffic.Make(Count, seed: 3).Concat(traffic.MakeNameErrors(Count, seed: 4)).ToList();

        Assert.All(asked.Select(maker.Make), query => Assert.True(query.Answer.IsMet(query.Message, AnswerOf(processor, query.Message))));
        Assert.InRange(asked.Take(Count).Count(one => one.Value is not null), Count * 0.77, Count * 0.83);
        Assert.InRange(asked.Take(Count).Count(one => one.ResponseCode == ResponseCode.Refused), Count * 0.03, Count * 0.07);
        Assert.All(asked.Skip(Count), one => Assert.Equal(ResponseCode.NameError, one.ResponseCode));
    }

    [Fact]
    public void Internet_traffic_finds_the_country_that_brute_force_finds()
    {
        var prefixes = RegistryPrefix.ReadAll(RegistryPrefix.DataFile);
        var (traffic, match) = (new InternetTraffic(prefixes), new LongestMatch(prefixes));
        Assert.All(RandomAddresses.Make(prefixes, 1000, seed: 5), address => Assert.Equal(match.CountryOf(address), traffic.CountryOf(address)));
    }

    [Fact]
    public void Any_other_answer_is_wrong()
    {
        var query = new QueryMaker(AnswerStyle.Zones).Make(MixedTraffic.IPv4.Make(100, seed: 1).First(asked => asked.Value is not null));
        var answer = AnswerTo(query);
        Assert.True(query.Answer.IsMet(query.Message, answer));
        for (var position = 2; position < answer.Length; position++)
        {
            // Not compared: RA, the numbers of records in the other sections, where the owner points to, and the TTL.
            var changed = answer.ToArray();
            changed[position] ^= 0x80;
            var owner = query.Message.Length - OptLength;
            var mayDiffer = position is 3 or (>= 8 and < 12) || position == owner + 1 || (position >= owner + 6 && position < owner + 10);
            Assert.True(mayDiffer || !query.Answer.IsMet(query.Message, changed), $"octet {position}");
            Assert.False(query.Answer.IsMet(query.Message, answer.AsSpan(0, position)), $"cut to {position}");
        }
    }

    [Fact]
    public void Trains_have_queries_of_one_length_and_ids_in_order()
    {
        var maker = new QueryMaker(AnswerStyle.Echo);
        var trains = QueryTrains.Of([.. MixedTraffic.IPv4.Make(QueryTrains.Unit, seed: 1).Select(maker.Make)], seed: 1);
        var position = 0;
        for (var i = 0; i < trains.TrainCount; i++)
        {
            Assert.Equal(position, trains[i].First);
            for (; position < trains[i].First + trains[i].Count; position++)
            {
                Assert.Equal(trains[i].MessageLength, trains.Message(position).Length);
                Assert.Equal(position, BinaryPrimitives.ReadUInt16BigEndian(trains.Message(position)));
            }
        }

        Assert.Equal(QueryTrains.Unit, position);
    }

    [Fact]
    public void A_good_query_settles_the_garbage_of_its_train()
    {
        var maker = new QueryMaker(AnswerStyle.Zones);
        var trains = GarbageTraffic.Make([.. MixedTraffic.IPv4.Make(QueryTrains.Unit / QueryTrains.MaxLength, seed: 1).Select(maker.Make)], QueryTrains.Unit, seed: 1);
        for (var i = 0; i < trains.TrainCount; i++)
        {
            var settled = Enumerable.Range(trains[i].First, trains[i].Count).Select(trains.Settles).ToList();
            Assert.Equal(trains[i].Count, settled[^1]);
            Assert.All(settled.SkipLast(1), none => Assert.Equal(0, none));
        }
    }

    private static byte[] AnswerOf(QueryProcessor processor, byte[] query)
    {
        var response = new byte[1232];
        var context = new QueryContext { Transport = Transport.Udp, ClientAddress = Client, UnixTime = 0 };
        return response[..processor.Process(query, response, context)];
    }

    // Question and one record, without EDNS, put together by hand.
    private static byte[] AnswerTo(ExpectedQuery query)
    {
        var question = query.Message.AsSpan(MessageHeader.Length..^OptLength);
        var data = query.Answer.Records![0].Data;
        byte[] answer = [0, 0, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0, .. question, 0xC0, 12, 0, 35, 0, 1, 0, 0, 14, 16, 0, (byte)data.Length, .. data];
        return answer;
    }
}
