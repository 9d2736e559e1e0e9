// Keys roll in seconds, in every way there is, while a validating resolver asks all the time: no answer is ever bogus.

namespace AltoDns.Interop.Tests.Dnssec.Rolling;

public sealed class RollOverTests
{
    [Fact]
    public Task No_answer_is_bogus_during_any_roll_over() => RollOverRun.RunAsync(RollKind.All, isBindParent: false, isKilled: false);

    [Fact]
    public Task BIND_as_parent_takes_part() => RollOverRun.RunAsync([RollKind.Combined], isBindParent: true, isKilled: false);
}

/// <summary>A class of its own, so that it runs beside the others. In longer runs every kind is killed.</summary>
public sealed class KilledRollOverTests
{
    // One zone at a time: with many the server would hardly ever be up.
    [Fact]
    public async Task Killed_at_each_stage_it_goes_on_and_no_answer_is_bogus()
    {
        foreach (var kind in RollOverRun.Rounds > 1 ? RollKind.All : [RollKind.Combined])
        {
            await RollOverRun.RunAsync([kind], isBindParent: false, isKilled: true);
        }
    }
}
