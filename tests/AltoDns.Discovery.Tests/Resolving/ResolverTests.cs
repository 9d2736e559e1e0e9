// The resolver over scripted servers: what it remembers, whom it asks, when it gives up.

using AltoDns.Discovery.Resolving;
using AltoDns.Discovery.Tests.Support;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Tests.Resolving;

public sealed class ResolverTests
{
    private static readonly DomainName Name = DomainName.Parse("a.example.");

    private static readonly ZoneAnswers Zone = ZoneAnswers.OfRecords(
    [
        "a.example. 60 IN TXT \"a\"",
        "alias.example. 60 IN CNAME a.example.",
        "loop.example. 60 IN CNAME loop.example.",
    ]);

    [Fact]
    public async Task What_was_asked_is_not_asked_again_while_it_is_valid()
    {
        await using var server = Zone.Serve();
        var time = new ManualTime();
        await using var resolver = new Resolver(Clients.Options(server) with { Time = time });

        var first = await resolver.LookupAsync(Name, RecordType.TXT);
        time.Advance(TimeSpan.FromSeconds(59));
        var second = await resolver.LookupAsync(DomainName.Parse("A.EXAMPLE."), RecordType.TXT);
        time.Advance(TimeSpan.FromSeconds(1));
        var third = await resolver.LookupAsync(Name, RecordType.TXT);

        Assert.Equal((false, true, false), (first.FromCache, second.FromCache, third.FromCache));
        Assert.Equal(TimeSpan.FromSeconds(1), second.TimeToLive);
        Assert.Equal(2, server.Queries.Count);
    }

    [Fact]
    public async Task Absence_is_remembered_as_long_as_the_soa_says()
    {
        await using var server = Zone.Serve();
        var time = new ManualTime();
        await using var resolver = new Resolver(Clients.Options(server) with { Time = time });

        var noData = await resolver.LookupAsync(Name, RecordType.NAPTR);
        var nameError = await resolver.LookupAsync(DomainName.Parse("b.example."), RecordType.NAPTR);
        var below = await resolver.LookupAsync(DomainName.Parse("x.y.b.example."), RecordType.TXT);
        Assert.Equal((LookupOutcome.NoData, LookupOutcome.NameError, LookupOutcome.NameError), (noData.Answer.Outcome, nameError.Answer.Outcome, below.Answer.Outcome));
        Assert.Equal((TimeSpan.FromSeconds(300), true), (noData.TimeToLive, below.FromCache));

        time.Advance(TimeSpan.FromSeconds(300));
        Assert.False((await resolver.LookupAsync(Name, RecordType.NAPTR)).FromCache);
        Assert.Equal(3, server.Queries.Count);
    }

    [Fact]
    public async Task Those_who_ask_the_same_at_once_share_one_question()
    {
        using var gate = new ManualResetEventSlim();
        await using var server = new ScriptedServer(query =>
        {
            gate.Wait(TimeSpan.FromSeconds(10));
            return [Zone.Answer(query.Message, query.IsTcp)];
        });
        await using var resolver = new Resolver(Clients.Options(server) with { FirstTimeout = TimeSpan.FromSeconds(20) });

        var lookups = Enumerable.Range(0, 100).Select(_ => resolver.LookupAsync(Name, RecordType.TXT).AsTask()).ToList();
        gate.Set();
        var results = await Task.WhenAll(lookups);

        Assert.All(results, result => Assert.Equal(LookupOutcome.Found, result.Answer.Outcome));
        Assert.Single(server.Queries);
    }

    [Fact]
    public async Task One_who_stops_waiting_does_not_stop_the_others()
    {
        using var gate = new ManualResetEventSlim();
        await using var server = new ScriptedServer(query =>
        {
            gate.Wait(TimeSpan.FromSeconds(10));
            return [Zone.Answer(query.Message, query.IsTcp)];
        });
        await using var resolver = new Resolver(Clients.Options(server) with { FirstTimeout = TimeSpan.FromSeconds(20) });
        using var stop = new CancellationTokenSource();

        var first = resolver.LookupAsync(Name, RecordType.TXT, stop.Token).AsTask();
        var second = resolver.LookupAsync(Name, RecordType.TXT).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.Set();

        Assert.Equal(LookupOutcome.Found, (await second).Answer.Outcome);
    }

    [Theory]
    [InlineData(ResponseCode.ServerFailure)]
    [InlineData(ResponseCode.Refused)]
    [InlineData(ResponseCode.NotImplemented)]
    public async Task A_server_that_says_no_gives_way_to_the_next(ResponseCode code)
    {
        await using var unable = new ScriptedServer(query => [Error(query, code)]);
        await using var able = Zone.Serve();
        await using var resolver = new Resolver(Clients.Options(unable, able));

        var result = await resolver.LookupAsync(Name, RecordType.TXT);

        Assert.Equal((LookupOutcome.Found, able.Endpoint.ToString()), (result.Answer.Outcome, result.Resolver));
    }

    [Fact]
    public async Task A_silent_server_gives_way_and_is_asked_last_from_then_on()
    {
        await using var silent = new ScriptedServer(_ => []);
        await using var able = Zone.Serve();
        await using var resolver = new Resolver(Clients.Options(silent, able) with { FirstTimeout = TimeSpan.FromMilliseconds(100) });

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(LookupOutcome.NameError, (await resolver.LookupAsync(DomainName.Parse($"n{i}.other."), RecordType.A)).Answer.Outcome);
        }

        Assert.InRange(silent.Queries.Count, 1, 15);
    }

    [Fact]
    public async Task Failure_is_an_answer_and_is_remembered_for_a_moment()
    {
        await using var silent = new ScriptedServer(_ => []);
        await using var resolver = new Resolver(Clients.Impatient(silent));

        var first = await resolver.LookupAsync(Name, RecordType.TXT);
        var asked = silent.Queries.Count;
        var second = await resolver.LookupAsync(Name, RecordType.TXT);

        Assert.Equal((LookupOutcome.Failed, "no answer in time"), (first.Answer.Outcome, first.Answer.Failure));
        Assert.Equal((LookupOutcome.Failed, true), (second.Answer.Outcome, second.FromCache));
        Assert.Equal((2, 2), (asked, silent.Queries.Count));
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_noticed_at_once()
    {
        var closed = new ScriptedServer(_ => []);
        await closed.DisposeAsync();
        await using var able = Zone.Serve();
        await using var resolver = new Resolver(Clients.Options(closed, able) with { FirstTimeout = TimeSpan.FromSeconds(15) });

        var result = await resolver.LookupAsync(Name, RecordType.TXT);

        Assert.Equal(LookupOutcome.Found, result.Answer.Outcome);
        Assert.True(result.Elapsed < TimeSpan.FromSeconds(10), result.Elapsed.ToString());
    }

    [Fact]
    public async Task A_server_that_does_not_know_edns_is_asked_without()
    {
        await using var server = new ScriptedServer(query =>
            [query.Message[11] == 0 ? Zone.Answer(query.Message, query.IsTcp) : [.. query.Message[..2], 0x80, 0x01, 0, 0, 0, 0, 0, 0, 0, 0]]);
        await using var resolver = new Resolver(Clients.Options(server));

        Assert.Equal(LookupOutcome.Found, (await resolver.LookupAsync(Name, RecordType.TXT)).Answer.Outcome);
        Assert.Equal(2, server.Queries.Count);
    }

    [Fact]
    public async Task Cookies_of_the_server_are_sent_back()
    {
        await using var server = Zone.Serve();
        await using var resolver = new Resolver(Clients.Options(server));

        await resolver.LookupAsync(Name, RecordType.TXT);
        await resolver.LookupAsync(Name, RecordType.A);

        var lengths = server.Queries.Select(query => query.Message.Length).ToList();
        Assert.Equal(16, lengths[1] - lengths[0]);
    }

    [Theory]
    [InlineData("alias.example.", LookupOutcome.Found)]
    [InlineData("loop.example.", LookupOutcome.Failed)]
    public async Task Aliases_are_followed_to_an_end(string alias, LookupOutcome outcome)
    {
        await using var server = Zone.Serve();
        await using var resolver = new Resolver(Clients.Options(server));

        var result = await resolver.LookupAsync(DomainName.Parse(alias), RecordType.TXT);

        Assert.Equal(outcome, result.Answer.Outcome);
    }

    [Fact]
    public async Task An_alias_out_of_what_the_server_has_is_asked_for_by_itself()
    {
        await using var server = new ScriptedServer(query =>
        {
            var answer = Zone.Answer(query.Message, query.IsTcp);
            if (query.Question.Name == DomainName.Parse("alias.example."))
            {
                answer[7] = 1; // the CNAME alone is left, and what follows it
                var cname = MessageHeader.Length + query.Question.Name.Length + 4 + 2 + 10 + 2 + 2;
                return [[.. answer[..8], 0, 0, 0, 0, .. answer[12..cname]]];
            }

            return [answer];
        });
        await using var resolver = new Resolver(Clients.Options(server));

        var result = await resolver.LookupAsync(DomainName.Parse("alias.example."), RecordType.TXT);

        Assert.True(result.Answer.Outcome == LookupOutcome.Found && result.Answer.CanonicalName == Name, $"{result.Answer.Outcome} {result.Answer.Failure} {result.Answer.CanonicalName}");
        Assert.Equal(2, server.Queries.Count);
    }

    [Theory]
    [InlineData(true, LookupSecurity.Secure)]
    [InlineData(false, LookupSecurity.Indeterminate)]
    public async Task The_ad_bit_counts_from_trusted_resolvers_alone(bool isTrusted, LookupSecurity security)
    {
        await using var server = new ScriptedServer(query =>
        {
            var answer = Zone.Answer(query.Message, query.IsTcp);
            answer[3] |= 0x20;
            return [answer];
        });
        var options = Clients.Options(server);
        Assert.True(options.Servers[0].IsTrusted); // it is on loopback
        await using var resolver = new Resolver(options with { Servers = [options.Servers[0] with { IsTrusted = isTrusted }] });

        Assert.Equal(security, (await resolver.LookupAsync(Name, RecordType.TXT)).Answer.Security);
    }

    private static byte[] Error(ScriptedQuery query, ResponseCode code)
    {
        var answer = Zone.Answer(query.Message, query.IsTcp);
        return [.. answer[..2], 0x80, (byte)code, 0, 1, 0, 0, 0, 0, 0, 0, .. answer[12..(MessageHeader.Length + query.Question.Name.Length + 4)]];
    }
}
