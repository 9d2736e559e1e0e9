// The servers that take part in a comparison, and which of the made-up zones each is able to load.

using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Differential;

/// <summary>A kind of server that takes part.</summary>
/// <param name="Name">As <see cref="RunningServer.Name"/> has it.</param>
/// <param name="Start">Starts it with zones.</param>
/// <param name="Loads">Whether it loads a zone with this peculiarity.</param>
public sealed record Participant(
    string Name,
    Func<IReadOnlyList<ServedZone>, Task<RunningServer>> Start,
    Func<ZonePeculiarity, bool> Loads)
{
    public static Participant Nsd { get; } = new(NsdServer.Name, NsdServer.StartAsync, peculiarity => peculiarity != ZonePeculiarity.OccludedByDname);

    public static Participant Knot { get; } = new(KnotServer.Name, KnotServer.StartAsync, peculiarity => peculiarity != ZonePeculiarity.OccludedByDname);

    public static Participant Bind { get; } = new(
        NamedServer.Name, zones => NamedServer.StartAsync(zones), peculiarity => peculiarity != ZonePeculiarity.WildcardNameServers);

    public static Participant AltoDns { get; } = new(AltoDnsServer.Name, AltoDnsServer.StartAsync, _ => true);

    public static IReadOnlyList<Participant> References { get; } = [Nsd, Knot, Bind];
}
