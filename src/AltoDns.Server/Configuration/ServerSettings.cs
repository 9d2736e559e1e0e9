// The table of settings: one row each. What is added here is validated, documented and overridable at once.

using AltoDns.Protocol.Names;
using AltoDns.Server.Exporting;
using AltoDns.Zones.Updating;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Configuration;

/// <summary>Every setting at the top of <c>altodns.yaml</c> and in its sections; those of the maps within are in <see cref="MapSettings"/>.</summary>
public static class ServerSettings
{
    private const int MaxText = 255;
    private const int MinUdpSize = 512;

    private static readonly List<Setting> Rows = [.. ListeningSettings.All, .. WebSettings.All, .. ProtectionSettings.All, .. ObservingSettings.All];
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>In the order of the sample and the reference.</summary>
    public static IReadOnlyList<Setting> All => Rows;

    public static Setting<int> UdpSize { get; } = Add(new SingleSetting<int>("answering.udp-size", ValueKinds.Number("a size of UDP answers", MinUdpSize, ushort.MaxValue))
    {
        Option = "--udp-size",
        Default = "1232",
        Example = "1400",
        Description = "The largest UDP answer in octets; more than 1232 may arrive in fragments, or not at all (RFC 9715).",
    });

    public static Setting<string> Identity { get; } = Add(new SingleSetting<string>("answering.identity", ValueKinds.Text("an identity", MaxText))
    {
        Option = "--identity",
        Otherwise = "this host's name",
        Example = "ns1.isp1.example",
        Description = "What NSID (RFC 5001), id.server and hostname.bind say; '' says nothing.",
    });

    public static Setting<bool> ShowVersion { get; } = Add(new SingleSetting<bool>("answering.show-version", ValueKinds.Flag)
    {
        Option = "--show-version",
        Default = "false",
        Example = "true",
        Description = "Whether to answer version.bind and version.server (class CH).",
    });

    public static Setting<IReadOnlyList<byte[]>> CookieSecret { get; } = Add(new ListSetting<byte[]>("answering.cookie-secret", "a secret or a list of secrets", ValueKinds.CookieSecret)
    {
        Option = "--cookie-secret",
        IsSecret = true,
        Otherwise = "random, new each day",
        Example = "[00112233445566778899aabbccddeeff]",
        Description = "32 hexadecimal digits shared by all servers of an anycast set (RFC 9018). Several for a roll: the first makes cookies, all check.",
    });

    public static Setting<DomainName> ReportAgent { get; } = Add(new SingleSetting<DomainName>("answering.report-agent", ValueKinds.Name)
    {
        Option = "--report-agent",
        Otherwise = "none",
        Example = "errors.isp1.example.",
        Description = "The domain that resolvers may report errors to (RFC 9567).",
    });

    public static Setting<IReadOnlyList<string>> Policies { get; } = Add(new ListSetting<string>("policies", "a path or a list of paths", ValueKinds.Path("a policy or a folder of policies", "PATH"))
    {
        IsLive = true,
        Otherwise = "none; on the command line, FILES",
        Example = "[policies/]",
        Description = "Policies (docs/policy.md), or folders of them.",
    });

    public static Setting Zones { get; } = Add(new MapSetting("zones", "a map of zones", "{ ZONE: FILE or MAP, … }")
    {
        IsLive = true,
        Otherwise = "none; on the command line, --zone",
        Example = "{ example.com: example.com.zone }",
        Description = "Plain zones, served as their files have them, and what single zones have otherwise than all others. A zone of the reverse tree may be named by its prefix.",
    });

    public static Setting<IReadOnlyList<string>> ZoneLists { get; } = Add(new ListSetting<string>("zone-lists", "a path or a list of paths", ValueKinds.Path("a list of zones", "PATH"))
    {
        IsLive = true,
        Otherwise = "none; on the command line, --zone-list",
        Example = "[zones.list]",
        Description = "Files with a plain zone on each line: ORIGIN FILE, the file relative to the list.",
    });

    public static Setting<string> State { get; } = Add(new SingleSetting<string>("state", ValueKinds.Path("a folder", "FOLDER"))
    {
        Option = "--state",
        Otherwise = "$STATE_DIRECTORY, which systemd sets, or altodns-state in the working directory",
        Example = "/var/lib/altodns",
        Description = "The folder with the zones' keys and all else that has to outlive a restart.",
    });

    public static Setting Keys { get; } = Add(new MapSetting("keys", "a map of TSIG keys", "{ NAME: MAP, … }")
    {
        IsLive = true,
        Otherwise = "none",
        Example = "{ xfr.isp1.example.: { algorithm: hmac-sha256, secret: c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IQ== } }",
        Description = "TSIG keys (RFC 8945) by their names.",
    });

    public static Setting<IReadOnlyList<string>> KeyFiles { get; } = Add(new ListSetting<string>("key-files", "a path or a list of paths", ValueKinds.Path("a file of keys", "PATH"))
    {
        IsLive = true,
        Option = "--tsig-key",
        Otherwise = "none",
        Example = "[keys/xfr.key]",
        Description = "Files with TSIG keys in BIND's syntax, such as tsig-keygen makes, that only their owner can read (mode 0600).",
    });

    public static Setting<bool> AllowWeakTsig { get; } = Add(new SingleSetting<bool>("allow-weak-tsig", ValueKinds.Flag)
    {
        IsLive = true,
        Option = "--allow-weak-tsig",
        Default = "false",
        Example = "true",
        Description = "Take keys for HMAC-SHA1 and HMAC-MD5 as well, for servers that have no better ones.",
    });

    public static Setting AllowTransfer { get; } = Add(new RuleSetting("allow-transfer", "a prefix, a rule, or a list of these", "RULE", ValueKinds.FindRuleMistake)
    {
        IsLive = true,
        Option = "--allow-transfer",
        Otherwise = "nobody",
        Example = "[192.0.2.0/24, { prefix: 2001:db8::/32, key: xfr.isp1.example. }]",
        Description = "Who may transfer zones: PREFIX, 'PREFIX key NAME', key:NAME or any, or in the file a map; unless 'zones' says otherwise of one.",
    });

    public static Setting Notify { get; } = Add(new RuleSetting("notify", "an address, a server, or a list of these", "SERVER", ValueKinds.FindServerMistake)
    {
        IsLive = true,
        Option = "--notify",
        Otherwise = "nobody",
        Example = "[192.0.2.54, { address: \"[2001:db8::54]:53\", key: xfr.isp1.example. }]",
        Description = "Secondaries that are told of each new version of a zone (RFC 1996): ADDRESS, ADDRESS:PORT, either with ' key NAME' after it, or in the file a map; unless 'zones' says otherwise of one.",
    });

    public static Setting<IReadOnlyList<UpdateRule>> Updates { get; } = Add(new ListSetting<UpdateRule>("updates", "a rule or a list of rules", ValueKinds.UpdateRule)
    {
        IsLive = true,
        Option = "--allow-update",
        Otherwise = "nobody",
        Example = "[\"key=xfr.isp1.example. zone=2.0.192.in-addr.arpa. names=_peer types=NAPTR,TXT\"]",
        Description = "Which TSIG key may change what by DNS UPDATE (RFC 2136). names is all, _peer, self, subtree:NAME or name:NAME; only key has to be given. See docs/updates.md.",
    });

    public static Setting Secondaries { get; } = Add(new MapSetting("secondaries", "a map of zones", "{ ZONE: SERVER or MAP, … }")
    {
        IsLive = true,
        Otherwise = "none",
        Example = "{ example.net: { primaries: [192.0.2.1] } }",
        Description = "Zones that come from their primaries and are served as they come.",
    });

    public static Setting<int> MaxOutgoing { get; } = Add(new SingleSetting<int>("transfers.max-outgoing", ValueKinds.Number("a number of transfers", 1, 10_000))
    {
        Default = "32",
        Example = "100",
        Description = "Outgoing transfers that run at a time; more wait.",
    });

    public static Setting<int> MaxIncoming { get; } = Add(new SingleSetting<int>("transfers.max-incoming", ValueKinds.Number("a number of transfers", 1, 10_000))
    {
        Default = "16",
        Example = "50",
        Description = "Incoming transfers that run at a time; more wait.",
    });

    public static Setting<long> MaxHistory { get; } = Add(new SingleSetting<long>("transfers.max-history", ValueKinds.Octets("a size of history", 0, 1L << 40))
    {
        Default = "64MiB",
        Example = "256MiB",
        Description = "Octets of history a zone that incremental transfers (RFC 1995) are answered from.",
    });

    public static Setting<DomainName> CatalogZone { get; } = Add(new SingleSetting<DomainName>("catalog.zone", ValueKinds.Name)
    {
        Option = "--catalog",
        Otherwise = "none",
        Example = "catalog.isp1.example.",
        Description = "A catalog zone (RFC 9432) of all zones served here, made under this name; docs/catalogs.md.",
    });

    public static Setting<IReadOnlyList<ZoneGroup>> CatalogGroups { get; } = Add(new ListSetting<ZoneGroup>("catalog.groups", "ZONE=GROUP or a list of these", ZoneGroup.Kind)
    {
        Option = "--catalog-group",
        Otherwise = "none",
        Example = "[2.0.192.in-addr.arpa=signed]",
        Description = "The groups that zones have in the catalog.",
    });

    public static Setting<string> ExportFolder { get; } = Add(new SingleSetting<string>("export.folder", ValueKinds.Path("a folder", "FOLDER"))
    {
        Option = "--export",
        Otherwise = "none",
        Example = "/var/lib/altodns/export",
        Description = "Write each zone that changes into this folder as ORIGIN.zone; docs/export.md.",
    });

    public static Setting<HookCommand> ExportHook { get; } = Add(new SingleSetting<HookCommand>("export.hook", HookCommand.Kind)
    {
        Option = "--export-hook",
        Otherwise = "nothing is run",
        Example = "rndc reload {zone}",
        Description = "What is run for each zone whose exported file changed; {zone}, {file}, {update} and {serial} are filled in.",
    });

    public static Setting<TimeSpan> ExportHookTimeout { get; } = Add(new SingleSetting<TimeSpan>("export.hook-timeout", ValueKinds.Period("a time", TimeSpan.FromMilliseconds(10), Day))
    {
        Option = "--export-hook-timeout",
        Default = "1m",
        Example = "10s",
        Description = "How long that command may take before it is ended.",
    });

    public static Setting<bool> ExportAltoOnly { get; } = Add(new SingleSetting<bool>("export.alto-only", ValueKinds.Flag)
    {
        Option = "--export-alto-only",
        Default = "false",
        Example = "true",
        Description = "Export only the ALTO records, as ORIGIN.alto to include in a zone and as ORIGIN.nsupdate.",
    });

    public static Setting<string> PowerDns { get; } = Add(new SingleSetting<string>("powerdns", ValueKinds.Path("a path of a socket", "PATH"))
    {
        Option = "--powerdns",
        Otherwise = "none",
        Example = "/run/altodns/powerdns.sock",
        Description = "Answer the remote backend of a PowerDNS server at this Unix socket; docs/powerdns.md.",
    });

    public static Setting<bool> WatchFiles { get; } = Add(new SingleSetting<bool>("reload.watch", ValueKinds.Flag)
    {
        Default = "true",
        Example = "false",
        Description = "Whether a change of a file that was read loads it again, without 'altodns reload' or SIGHUP.",
    });

    public static Setting<TimeSpan> CheckInterval { get; } = Add(new SingleSetting<TimeSpan>("reload.check-interval", ValueKinds.Period("a time", TimeSpan.FromMilliseconds(100), Day))
    {
        Default = "5s",
        Example = "1m",
        Description = "How often files are compared even when the system reports no change, as over NFS.",
    });

    public static Setting<string> Control { get; } = Add(new SingleSetting<string>("control", ValueKinds.Path("a path of a socket, or off", "PATH|off"))
    {
        Option = "--control",
        Otherwise = "control.sock in the state folder",
        Example = "/run/altodns/control.sock",
        Description = "The socket by which 'altodns status', 'reload' and their like reach the server, mode 0600; off for none.",
    });

    public static Setting<LogLevel> LoggingLevel { get; } = Add(new SingleSetting<LogLevel>("logging.level", Observing.LogLevels.Kind)
    {
        IsLive = true,
        Option = "--log-level",
        Default = "information",
        Example = "warning",
        Description = "The least grave messages that are logged; docs/log-messages.md.",
    });

    public static Setting<bool> LoggingJson { get; } = Add(new SingleSetting<bool>("logging.json", ValueKinds.Flag)
    {
        Option = "--json",
        Default = "false",
        Example = "true",
        Description = "Print where the server listens as one JSON object, and the log as JSON lines.",
    });

    private static T Add<T>(T row)
        where T : Setting
    {
        Rows.Add(row);
        return row;
    }
}
