// Everything that a server is told: what a file, the environment and the command line say together, in the shapes that its parts take.

using System.Net;
using System.Net.Sockets;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Server.Answering;
using AltoDns.Server.Exporting;
using AltoDns.Server.Listening;
using AltoDns.Server.Observing;
using AltoDns.Server.Observing.Tap;
using AltoDns.Server.PowerDns;
using AltoDns.Server.Protection;
using AltoDns.Server.Reloading;
using AltoDns.Server.Transfers;
using AltoDns.Server.Updates;
using AltoDns.Zones.Catalogs;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;
using AltoDns.Zones.State;
using AltoDns.Zones.Updating;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Configuration;

/// <summary>A configuration without errors. Immutable but for the cookie secrets.</summary>
public sealed record ServerConfiguration
{
    private const string SystemdVariable = "STATE_DIRECTORY";
    private const string DefaultStateFolder = "altodns-state";
    private const string SocketName = "control.sock";
    private const string Off = "off";

    private static readonly IPEndPoint[] DefaultEndpoints = [new(IPAddress.Loopback, 5300), new(IPAddress.IPv6Loopback, 5300)];

    /// <summary>The configuration's file; null where there is none.</summary>
    public string? File { get; private init; }

    /// <summary>All values that were set, for parts that have settings of their own.</summary>
    public required SettingValues Values { get; init; }

    public required ListeningOptions Listening { get; init; }

    public required AnsweringSettings Answering { get; init; }

    /// <summary>Policies, plain zones and lists; empty where none is named.</summary>
    public required ZoneSources Sources { get; init; }

    public required TransferOptions Transfers { get; init; }

    public required UpdateOptions Updates { get; init; }

    public required ProtectionOptions Protection { get; init; }

    public required ReloadingOptions Reloading { get; init; }

    public required string StateFolder { get; init; }

    /// <summary>Where the control socket is; null for none.</summary>
    public string? ControlSocket { get; init; }

    /// <summary>Null where no PowerDNS is answered.</summary>
    public PowerDnsOptions? PowerDns { get; init; }

    /// <summary>Null where nothing is exported.</summary>
    public ExportOptions? Export { get; init; }

    /// <summary>Null where no catalog is made.</summary>
    public CatalogSource? Catalog { get; init; }

    /// <summary>Null where nothing is served over HTTP.</summary>
    public WebOptions? Web { get; init; }

    /// <summary>Who is told of single questions.</summary>
    public TapOptions Tap { get; init; } = new();

    public LogLevel LogLevel { get; init; }

    public bool LogsJson { get; init; }

    /// <summary>The file and those that it names besides policies and zones; a change of one may change the configuration.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Zones that have settings of their own but come from elsewhere, and where the settings stand.</summary>
    public IReadOnlyList<Positioned<DomainName>> Settled { get; private init; } = [];

    /// <summary>Puts a configuration together; null, with every problem noted, where it has errors.</summary>
    /// <param name="file">The path of <c>altodns.yaml</c>; null for none.</param>
    /// <param name="overrides">What environment and command line say.</param>
    /// <param name="plainZones">Zones of the command line, in place of those of the file; null where it names none.</param>
    public static ServerConfiguration? Read(
        string? file, SettingValues overrides, IReadOnlyList<PlainZone>? plainZones, ProblemList problems, FileOpener? open = null)
    {
        var found = new ProblemList();
        var fromFile = file is null ? SettingValues.None : ConfigurationFile.Read(file, open ?? PolicyContext.OpenFile, found);
        var context = new ConfigurationContext(Path.GetDirectoryName(file) ?? "", found);
        var values = SettingValues.Combine(overrides, fromFile ?? SettingValues.None);
        var configuration = Compose(file, values, plainZones, context);
        if (file is not null && open is null && fromFile is not null)
        {
            SecretsKeeper.Check(file, fromFile, found);
        }

        foreach (var problem in found.All.OrderBy(problem => (problem.Position.File != file, problem.Position.Line, problem.Position.Column)))
        {
            problems.Add(problem.Kind == ProblemKind.Content ? problem with { Kind = ProblemKind.Configuration } : problem);
        }

        return found.HasErrors ? null : configuration;
    }

    /// <summary>The same with these zones from other servers in place of those of the file; a key that nobody knows is an error.</summary>
    public ServerConfiguration With(IReadOnlyList<SecondaryZone> secondaries, ProblemList problems)
    {
        foreach (var zone in secondaries)
        {
            foreach (var name in zone.Primaries.Select(primary => primary.Key).OfType<DomainName>().Where(name => !Transfers.Keys.ContainsKey(name)))
            {
                problems.Error(
                    new SourcePosition($"--secondary {zone.Origin}", 0, 0), $"There is no TSIG key {name}.", "Name the file that has it with --tsig-key, or write it under 'tsig-keys'.");
            }
        }

        return this with
        {
            Transfers = Transfers with { Secondaries = secondaries },
            Sources = Sources with
            {
                Secondaries = [.. secondaries.Select(zone => new SecondaryOrigin(zone.Origin, new SourcePosition($"--secondary {zone.Origin}", 0, 0)))],
            },
        };
    }

    /// <summary>Warnings for zones that have settings and are not served.</summary>
    public IEnumerable<Problem> FindUnserved(IEnumerable<DomainName> served)
    {
        if (Settled.Count == 0)
        {
            return [];
        }

        var known = served.ToHashSet();
        return Settled.Where(zone => !known.Contains(zone.Value)).Select(zone => new Problem(
            Severity.Warning, zone.Position, $"Zone {zone.Value} has settings, but is not served.", "Correct its name, add 'file:' with its zone file, or remove it."));
    }

    private static ServerConfiguration Compose(string? file, SettingValues values, IReadOnlyList<PlainZone>? plainZones, ConfigurationContext context)
    {
        var transfers = new TransferReader(values, context).Read();
        var state = values.TryGet(ServerSettings.State, out var folder) ? folder : DefaultState();
        var web = WebOptions.Read(values, context.Problems);
        return new ServerConfiguration
        {
            File = file,
            Values = values,
            Listening = ListeningOf(values) with { Tls = TlsOf(values, context.Problems), Others = web?.Bound ?? [] },
            Answering = AnsweringOf(values),
            Sources = new ZoneSources
            {
                Policies = values.Get(ServerSettings.Policies, []),
                PlainZones = plainZones ?? transfers.PlainZones,
                ZoneLists = values.Get(ServerSettings.ZoneLists, []),
                Secondaries = [.. transfers.Options.Secondaries.Select(zone => new SecondaryOrigin(zone.Origin, new SourcePosition(file ?? "secondaries", 0, 0)))],
            },
            Transfers = transfers.Options,
            Updates = UpdatesOf(values, transfers.Options.Keys, state, context.Problems),
            Protection = ProtectionReader.Read(values, transfers.AllowQuery, transfers.AllowQueryByZone),
            Reloading = new ReloadingOptions
            {
                WatchFiles = values.Get(ServerSettings.WatchFiles, true),
                CheckInterval = values.Get(ServerSettings.CheckInterval, new ReloadingOptions().CheckInterval),
            },
            StateFolder = state,
            ControlSocket = ControlSocketOf(values, state),
            PowerDns = values.TryGet(ServerSettings.PowerDns, out var socket) ? new PowerDnsOptions(Path.GetFullPath(socket)) : null,
            Export = NeighbourReader.ReadExport(values, context.Problems),
            Catalog = NeighbourReader.ReadCatalog(values, context.Problems),
            Web = web,
            Tap = ProtectionReader.ReadTap(values),
            LogLevel = values.Get(ServerSettings.LoggingLevel, LogLevel.Information),
            LogsJson = values.Get(ServerSettings.LoggingJson, false),
            Files = file is null ? [] : [file, .. context.Paths],
            Settled = transfers.Settled,
        };
    }

    private static ListeningOptions ListeningOf(SettingValues values)
    {
        var usual = new ListeningOptions { Endpoints = [] };
        return usual with
        {
            Endpoints = values.TryGet(ListeningSettings.Listen, out var endpoints) && endpoints.Count > 0 ? endpoints : AvailableDefaults(),
            UdpWorkers = values.TryGet(ListeningSettings.UdpWorkers, out var workers) ? workers : null,
            UdpEngine = values.Get(ListeningSettings.UdpEngineName, usual.UdpEngine),
            UdpBatchSize = values.Get(ListeningSettings.UdpBatch, usual.UdpBatchSize),
            UdpReceiveBuffer = (int)values.Get(ListeningSettings.UdpReceiveBuffer, usual.UdpReceiveBuffer),
            UdpSendBuffer = (int)values.Get(ListeningSettings.UdpSendBuffer, usual.UdpSendBuffer),
            Xdp = values.Get(ListeningSettings.Xdp, []),
            Proxies = values.Get(ListeningSettings.Proxies, usual.Proxies),
            StopTimeout = values.Get(ListeningSettings.StopTimeout, usual.StopTimeout),
            Tcp = new TcpOptions
            {
                MaxConnections = values.Get(ListeningSettings.TcpConnections, usual.Tcp.MaxConnections),
                MaxConnectionsPerClient = values.Get(ListeningSettings.TcpConnectionsPerClient, usual.Tcp.MaxConnectionsPerClient),
                ClientIPv4Length = values.Get(ListeningSettings.TcpIPv4Length, usual.Tcp.ClientIPv4Length),
                ClientIPv6Length = values.Get(ListeningSettings.TcpIPv6Length, usual.Tcp.ClientIPv6Length),
                IdleTimeout = values.Get(ListeningSettings.TcpIdleTimeout, usual.Tcp.IdleTimeout),
                BusyIdleTimeout = values.Get(ListeningSettings.TcpBusyIdleTimeout, usual.Tcp.BusyIdleTimeout),
                MessageTimeout = values.Get(ListeningSettings.TcpMessageTimeout, usual.Tcp.MessageTimeout),
                WriteTimeout = values.Get(ListeningSettings.TcpWriteTimeout, usual.Tcp.WriteTimeout),
                Backlog = values.Get(ListeningSettings.TcpBacklog, usual.Tcp.Backlog),
            },
        };
    }

    private static TlsOptions? TlsOf(SettingValues values, ProblemList problems)
    {
        if (values.Find(ListeningSettings.TlsListen) is not { Value: IReadOnlyList<IPEndPoint> { Count: > 0 } endpoints } listen)
        {
            return null;
        }

        if (!values.TryGet(ListeningSettings.TlsCertificate, out var certificate))
        {
            problems.Error(listen.Position, "There is no certificate for TLS.", "Name it with 'tls.certificate' or --tls-certificate.");
            return null;
        }

        return new TlsOptions
        {
            Endpoints = endpoints,
            CertificateFile = certificate,
            KeyFile = values.Get(ListeningSettings.TlsKey, certificate),
            ClientAuthorities = values.TryGet(ListeningSettings.TlsClientAuthorities, out var authorities) ? authorities : null,
        };
    }

    private static UpdateOptions UpdatesOf(
        SettingValues values, IReadOnlyDictionary<DomainName, TsigKey> keys, string state, ProblemList problems)
    {
        var rules = values.Get(ServerSettings.Updates, []);
        foreach (var key in rules.Select(rule => rule.Key).Distinct().Where(key => !keys.ContainsKey(key)))
        {
            problems.Error(values.Find(ServerSettings.Updates)!.Position, $"There is no key {key}.", "Add it under 'keys', or name the file that has it with 'key-files' or --tsig-key.");
        }

        return new UpdateOptions { Keys = keys, Policy = new UpdatePolicy(rules), StorePath = Path.Combine(state, DynamicStore.FileName) };
    }

    private static AnsweringSettings AnsweringOf(SettingValues values)
    {
        var usual = new AnsweringSettings();
        return usual with
        {
            Identity = values.Get(ServerSettings.Identity, Environment.MachineName),
            Version = values.Get(ServerSettings.ShowVersion, false) ? $"AltoDns {ProgramVersion.Text}" : null,
            MaxUdpPayloadSize = (ushort)values.Get(ServerSettings.UdpSize, usual.MaxUdpPayloadSize),
            Cookies = values.TryGet(ServerSettings.CookieSecret, out var secrets) && secrets.Count > 0 ? new CookieSecrets(secrets) : usual.Cookies,
            ReportAgent = values.TryGet(ServerSettings.ReportAgent, out var agent) ? agent : null,
        };
    }

    private static string? ControlSocketOf(SettingValues values, string state) =>
        values.Find(ServerSettings.Control) is not { } control ? Path.Combine(state, SocketName)
        : control.Text == Off ? null
        : (string)control.Value;

    private static string DefaultState()
    {
        var fromSystemd = Environment.GetEnvironmentVariable(SystemdVariable);
        return string.IsNullOrEmpty(fromSystemd) ? DefaultStateFolder : fromSystemd;
    }

    // A machine without IPv6 is no reason to refuse a newcomer; an address that was asked for is.
    private static IPEndPoint[] AvailableDefaults()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return DefaultEndpoints;
        }
        catch (SocketException)
        {
            return [DefaultEndpoints[0]];
        }
    }
}
