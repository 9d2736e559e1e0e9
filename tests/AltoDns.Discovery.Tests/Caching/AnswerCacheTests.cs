// What the cache keeps, for how long, and what it lets go.

using AltoDns.Discovery.Caching;
using AltoDns.Discovery.Resolving;
using AltoDns.Discovery.Tests.Support;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Tests.Caching;

public sealed class AnswerCacheTests
{
    private static readonly DomainName Name = DomainName.Parse("1.2.0.192.in-addr.arpa.");

    private readonly ManualTime _time = new();

    [Fact]
    public void Answers_last_as_long_as_their_ttl()
    {
        var cache = new AnswerCache(1 << 20, _time);
        cache.Add(Name, RecordType.NAPTR, Answer(1), TimeSpan.FromSeconds(10));

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.True(cache.TryGet(Name, RecordType.NAPTR, out var answer, out var left));
        Assert.Equal((TimeSpan.FromSeconds(1), 1), (left, answer.Records.Count));
        Assert.False(cache.TryGet(Name, RecordType.TXT, out _, out _));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(cache.TryGet(Name, RecordType.NAPTR, out _, out _));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Names_are_found_in_any_case()
    {
        var cache = new AnswerCache(1 << 20, _time);
        cache.Add(DomainName.Parse("1.2.0.192.IN-ADDR.arpa."), RecordType.NAPTR, Answer(1), TimeSpan.FromSeconds(10));

        Assert.True(cache.TryGet(Name, RecordType.NAPTR, out _, out _));
    }

    [Fact]
    public void What_does_not_exist_has_nothing_below_it()
    {
        var cache = new AnswerCache(1 << 20, _time);
        var nothing = new LookupAnswer { Outcome = LookupOutcome.NameError, ResponseCode = ResponseCode.NameError };
        cache.Add(DomainName.Parse("2.0.192.in-addr.arpa."), CacheKey.EveryType, nothing, TimeSpan.FromSeconds(10));

        Assert.True(cache.TryGet(Name, RecordType.NAPTR, out var below, out _));
        Assert.Equal(LookupOutcome.NameError, below.Outcome);
        Assert.True(cache.TryGet(DomainName.Parse("2.0.192.in-addr.arpa."), RecordType.TXT, out _, out _));
        Assert.False(cache.TryGet(DomainName.Parse("0.192.in-addr.arpa."), RecordType.NAPTR, out _, out _));
        Assert.False(cache.TryGet(DomainName.Parse("1.3.0.192.in-addr.arpa."), RecordType.NAPTR, out _, out _));
        Assert.False(cache.TryGet(DomainName.Parse("12.0.192.in-addr.arpa."), RecordType.NAPTR, out _, out _));
    }

    [Fact]
    public void The_least_recently_used_go_when_there_is_no_more_room()
    {
        var cache = new AnswerCache(20_000, _time);
        for (var i = 0; i < 1_000; i++)
        {
            cache.Add(NameOf(i), RecordType.NAPTR, Answer(i % 7), TimeSpan.FromHours(1));
            Assert.True(cache.TryGet(NameOf(0), RecordType.NAPTR, out _, out _), $"after {i}");
            Assert.True(cache.Size <= 20_000);
        }

        Assert.True(cache.TryGet(NameOf(999), RecordType.NAPTR, out _, out _));
        Assert.False(cache.TryGet(NameOf(1), RecordType.NAPTR, out _, out _));
        Assert.InRange(cache.Count, 50, 200);
    }

    [Fact]
    public void Sizes_add_up_whatever_is_put_in_and_taken_out()
    {
        var cache = new AnswerCache(1 << 20, _time);
        var random = new Random(3);
        for (var i = 0; i < 5_000; i++)
        {
            cache.Add(NameOf(random.Next(300)), RecordType.NAPTR, Answer(random.Next(40)), TimeSpan.FromSeconds(random.Next(1, 100)));
            _time.Advance(TimeSpan.FromMilliseconds(random.Next(100)));
            cache.TryGet(NameOf(random.Next(300)), RecordType.NAPTR, out _, out _);
        }

        _time.Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < 300; i++)
        {
            Assert.False(cache.TryGet(NameOf(i), RecordType.NAPTR, out _, out _));
        }

        Assert.Equal((0, 0L), (cache.Count, cache.Size));
    }

    /// <summary>The objects are of one thousand names that one ALTO server guides, as GC counts them.</summary>
    [Fact]
    public void A_cached_name_takes_less_than_400_octets()
    {
        const int Names = 100_000;
        var names = Enumerable.Range(0, Names).Select(NameOf).ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var cache = new AnswerCache(1 << 30, _time);
        for (var i = 0; i < Names; i++)
        {
            cache.Add(names[i], RecordType.NAPTR, Answer(i / 1000), TimeSpan.FromHours(1));
            cache.Add(names[i], RecordType.TXT, Answer(200 + i / 1000), TimeSpan.FromHours(1));
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Names;
        GC.KeepAlive(cache);
        Assert.InRange(each, 100, 400);
        Assert.InRange(cache.Size / Names, each / 2, each * 2);
    }

    private static DomainName NameOf(int i) => DomainName.Parse($"{i & 255}.{i >> 8 & 255}.{i >> 16}.10.in-addr.arpa.");

    private static LookupAnswer Answer(int server) => new()
    {
        Outcome = LookupOutcome.Found,
        ResponseCode = ResponseCode.NoError,
        Records = [new NaptrData(100, 10, "u"u8.ToArray(), "ALTO:https"u8.ToArray(), System.Text.Encoding.ASCII.GetBytes($"!.*!https://alto{server}.example/ird!"), DomainName.Root)],
    };
}
