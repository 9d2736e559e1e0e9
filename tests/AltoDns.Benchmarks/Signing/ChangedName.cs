// One name of a signed zone changes: what it takes until the next version, verified, is published.

using AltoDns.Benchmarks.Output;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;

namespace AltoDns.Benchmarks.Signing;

/// <summary>By turns a new name comes, and another record replaces one.</summary>
internal sealed class ChangedName(ZoneSnapshot plain, SignedZone signed, SigningTerms terms)
{
    private readonly ZoneStore _store = new(new ZoneSet([signed.Zone]));
    private ZoneSnapshot _plain = plain;
    private SignedZone _signed = signed;

    /// <summary>The median of the changes.</summary>
    public Usage Run(int changes)
    {
        var usages = Enumerable.Range(1, changes).Select(Change).ToList();
        return new Usage(
            TimeSpan.FromSeconds(usages.Select(usage => usage.Elapsed.TotalSeconds).Median()),
            TimeSpan.FromSeconds(usages.Select(usage => usage.Processor.TotalSeconds).Median()));
    }

    private Usage Change(int number)
    {
        var running = Usage.Start();
        var name = number % 2 == 0 ? DomainName.Parse($"{number}.7.0.10.in-addr.arpa.") : DomainName.Parse($"new{number}.7.0.10.in-addr.arpa.");
        var editor = new SnapshotEditor(_plain);
        editor.Set(name, RRsetContent.Of(3600, [new PtrData(DomainName.Parse($"changed{number}.example."))]));
        var next = editor.Build();
        var changed = ZoneDelta.Between(_plain, next).ChangedNames;
        var now = terms with { Serial = terms.Serial + (uint)number, Now = TimeProvider.System.GetUtcNow() };
        var updated = ZoneSigner.Update(next, now, _signed.Zone, changed);
        var result = updated.Verify(now.Now);
        if (!result.IsValid || updated.IsWhole)
        {
            throw new InvalidOperationException($"The change was not signed as it should be: {result}");
        }

        _store.Publish(new ZoneSet([updated.Zone]));
        (_plain, _signed) = (next, updated);
        return running.Stop();
    }
}
