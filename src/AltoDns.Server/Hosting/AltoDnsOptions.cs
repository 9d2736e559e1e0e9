// What a program says to have a server run inside its host.

using AltoDns.Server.Answering;
using AltoDns.Server.Control;
using AltoDns.Server.Exporting;
using AltoDns.Server.Listening;
using AltoDns.Server.Observing.Tap;
using AltoDns.Server.PowerDns;
using AltoDns.Server.Protection;
using AltoDns.Server.Reloading;
using AltoDns.Server.Transfers;
using AltoDns.Server.Updates;
using AltoDns.Zones.Catalogs;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Transferred;

namespace AltoDns.Server.Hosting;

/// <summary>Settings of <see cref="AltoDnsServices.AddAltoDns"/>.</summary>
public sealed record AltoDnsOptions
{
    public required ListeningOptions Listening { get; init; }

    /// <summary>Reads all zones; called on a thread pool thread, never twice at once.</summary>
    public required Func<ZoneLoadResult> LoadZones { get; init; }

    /// <summary>Where the keys of signed zones are; null where no zone is signed.</summary>
    public KeyStore? Keys { get; init; }

    public AnsweringSettings Answering { get; init; } = new();

    /// <summary>Who may ask, and how often; null where everybody may, always.</summary>
    public ProtectionStore? Protection { get; init; }

    public TransferOptions Transfers { get; init; } = new();

    /// <summary>Where the history of zones is kept, for incremental transfers; null for nowhere.</summary>
    public string? StateFolder { get; init; }

    /// <summary>Who may change zones by DNS UPDATE; null where updates are not implemented.</summary>
    public UpdateOptionsStore? Updates { get; init; }

    public ReloadingOptions Reloading { get; init; } = new();

    /// <summary>Where zones from other servers are put, and <see cref="LoadZones"/> finds them; null where none comes.</summary>
    public TransferredZones? Transferred { get; init; }
    /// <summary>Null where nothing is exported.</summary>
    public ExportOptions? Export { get; init; }

    /// <summary>The catalog made of all zones; null for none. It needs <see cref="StateFolder"/>.</summary>
    public CatalogSource? Catalog { get; init; }

    /// <summary>Null where no PowerDNS is answered.</summary>
    public PowerDnsOptions? PowerDns { get; init; }

    /// <summary>The same where it may change while the server runs, in place of <see cref="Transfers"/>; null where it does not.</summary>
    public TransferOptionsStore? TransferSettings { get; init; }

    /// <summary>
    /// Where the members of catalogs are added to the secondaries, for a loader that serves them; null where no catalog is consumed. It needs
    /// <see cref="Transferred"/> and <see cref="StateFolder"/>.
    /// </summary>
    public TransferOptionsStore? WithMembers { get; init; }

    /// <summary>Who is told of single questions.</summary>
    public TapOptions Tap { get; init; } = new();

    /// <summary>How the server is reached by those who look after it; null for not at all.</summary>
    public ControlOptions? Control { get; init; }
}
