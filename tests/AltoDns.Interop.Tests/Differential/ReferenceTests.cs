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

            if (!AnswerComparer.ReferencesAgree(q)) { d++; f.WriteLine(q.ToString()); }
        }
        foreach (var x in faults) { f.WriteLine("FAULT " + x); }
        output.WriteLine($"{asked.Count} {d} {faults.Count}");
    }
}
public sealed class DumpTests
{
    [Fact]
    public void Dump()
    {
        var zones = new ZoneGenerator(1).Make(200);
        var r = new Random(1);
        foreach (var z in zones)
        {
            File.WriteAllText("/tmp/iop/zones/" + z.Origin.ToString().ToLowerInvariant() + "zone", GeneratedZoneText.Write(z, r));
        }
    }
}
