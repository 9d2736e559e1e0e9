namespace AltoDns.Interop.Tests.Differential;

public sealed class ReferenceTests(ITestOutputHelper output)
{
    [Fact]
    public async Task References()
    {
        var n = int.Parse(Environment.GetEnvironmentVariable("N") ?? "100");
        var zones = new ZoneGenerator(int.Parse(Environment.GetEnvironmentVariable("SEED") ?? "1")).Make(n);
        var faults = new List<string>();
        var asked = await DifferentialRun.AskAsync(Participant.References, zones, 50, 1, faults);
        using var f = File.CreateText("/tmp/iop/diff.txt");
        var d = 0;
        foreach (var q in asked)
        {
            var a = q.Answers.Values.First();
            if (q.Answers.Values.Any(b => !b.Agrees(a))) { d++; f.WriteLine(q.ToString()); }
        }
        foreach (var x in faults) { f.WriteLine("FAULT " + x); }
        output.WriteLine($"{asked.Count} {d} {faults.Count}");
    }
}
