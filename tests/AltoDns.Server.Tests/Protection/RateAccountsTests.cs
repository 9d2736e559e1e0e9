// The arithmetic of the rate limit's accounts, and what becomes of them when there are too many.

using AltoDns.Server.Protection;

namespace AltoDns.Server.Tests.Protection;

public sealed class RateAccountsTests
{
    private const long Second = 1_000_000;
    private const long Cost = Second / 10;
    private const ulong Account = 0x1234_5600_0000_0007;

    private static readonly long Start = 1_750_000_000 * Second;

    [Fact]
    public void Allows_a_second_s_worth_at_once_then_the_rate()
    {
        var accounts = new RateAccounts(1024);

        Assert.Equal(10, Count(accounts, Account, Start, asked: 10));
        Assert.False(accounts.TryCharge(Account, Start, Cost));

        // The one that was refused is owed as well.
        Assert.True(accounts.TryCharge(Account, Start + (2 * Cost), Cost));
        Assert.False(accounts.TryCharge(Account, Start + (2 * Cost), Cost));
    }

    [Fact]
    public void Holds_a_steady_flood_down_until_it_has_paused()
    {
        var accounts = new RateAccounts(1024);
        var allowed = 0;
        for (var i = 0; i < 20_000; i++)
        {
            allowed += accounts.TryCharge(Account, Start + (i * 1000), Cost) ? 1 : 0;
        }

        // Twenty seconds at a hundred times the rate: the burst, and nothing after it.
        Assert.InRange(allowed, 10, 11);
        var end = Start + (20 * Second);
        Assert.False(accounts.TryCharge(Account, end + (4 * Second), Cost));
        Assert.True(accounts.TryCharge(Account, end + (6 * Second), Cost));
    }

    [Fact]
    public void Holds_when_threads_are_not_agreed_on_the_time()
    {
        var accounts = new RateAccounts(1024);
        Count(accounts, Account, Start, asked: 100);

        Assert.Equal(0, Count(accounts, Account, Start - (Second / 100), asked: 100));
        Assert.Equal(0, Count(accounts, Account, Start + (Second / 100), asked: 100));
    }

    [Fact]
    public void Never_limits_who_keeps_to_the_rate()
    {
        var accounts = new RateAccounts(1024);
        Assert.All(Enumerable.Range(0, 1000), i => Assert.True(accounts.TryCharge(Account, Start + (i * Cost), Cost)));
    }

    [Fact]
    public void Forgets_charges_when_the_clock_jumps_either_way()
    {
        foreach (var jump in new[] { -3600 * Second, 3600 * Second, -1_000_000 * Second, 1_000_000 * Second })
        {
            var accounts = new RateAccounts(1024);
            Count(accounts, Account, Start, asked: 100);
            Assert.True(accounts.TryCharge(Account, Start + jump, Cost), $"after a jump of {jump / Second} s");
        }
    }

    [Fact]
    public void Keeps_the_account_of_a_victim_while_others_come_and_go()
    {
        var accounts = new RateAccounts(64);
        Count(accounts, Account, Start, asked: 100);
        var random = new Random(7);
        for (var i = 0; i < 100_000; i++)
        {
            accounts.TryCharge((ulong)random.NextInt64(), Start, Cost);
        }

        Assert.False(accounts.TryCharge(Account, Start, Cost));
    }

    [Fact]
    public void Allows_no_more_than_the_rate_for_each_thread_when_threads_meet_in_an_account()
    {
        const int Threads = 4;
        var accounts = new RateAccounts(1024);
        var allowed = 0;
        Parallel.For(0, Threads, _ => Interlocked.Add(ref allowed, Count(accounts, Account, Start, asked: 50_000, cost: Second / 1_000)));

        Assert.InRange(allowed, 1_000, Threads * 1_000);
        Assert.Equal(0, Count(accounts, Account, Start, asked: 100));
    }

    private static int Count(RateAccounts accounts, ulong account, long now, int asked, long cost = Cost)
    {
        var allowed = 0;
        for (var i = 0; i < asked; i++)
        {
            allowed += accounts.TryCharge(account, now, cost) ? 1 : 0;
        }

        return allowed;
    }
}
