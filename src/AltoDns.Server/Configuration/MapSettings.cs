// The settings within the maps of altodns.yaml: of a key, a rule, another server, a zone.

namespace AltoDns.Server.Configuration;

/// <summary>Tables like <see cref="ServerSettings"/>, each for one kind of map.</summary>
public static class MapSettings
{
    /// <summary>A TSIG key.</summary>
    public static class Key
    {
        public static readonly Setting<TsigWord> Algorithm = new SingleSetting<TsigWord>("keys.NAME.algorithm", TsigWord.Kind)
        {
            IsLive = true,
            Default = "hmac-sha256",
            Example = "hmac-sha512",
            Description = "The MAC (RFC 8945 §6).",
        };

        public static readonly Setting<byte[]> Secret = new SingleSetting<byte[]>("keys.NAME.secret", ValueKinds.Base64Secret)
        {
            IsLive = true,
            IsSecret = true,
            Otherwise = "from 'file'",
            Example = "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IQ==",
            Description = "The secret that both sides have. Whoever reads it can forge transfers: give the file mode 0600.",
        };

        public static readonly Setting<string> File = new SingleSetting<string>("keys.NAME.file", ValueKinds.Path("a key file", "PATH"))
        {
            IsLive = true,
            Otherwise = "none",
            Example = "keys/xfr.key",
            Description = "A file with the key as 'tsig-keygen' prints it, in place of 'algorithm' and 'secret'. Its mode has to be 0600.",
        };

        public static readonly Setting<bool> AllowWeak = new SingleSetting<bool>("keys.NAME.allow-weak", ValueKinds.Flag)
        {
            IsLive = true,
            Default = "false",
            Example = "true",
            Description = "Whether the algorithm may be hmac-sha1 or hmac-md5, for a server that has no better one.",
        };

        public static readonly IReadOnlyList<Setting> All = [Algorithm, Secret, File, AllowWeak];
    }

    /// <summary>A rule of an access list.</summary>
    public static class Rule
    {
        public static readonly Setting<string> Prefix = new SingleSetting<string>("RULE.prefix", ValueKinds.Text("a prefix", 64) with { Form = "PREFIX" })
        {
            IsLive = true,
            Otherwise = "all addresses",
            Example = "2001:db8::/32",
            Description = "The clients that the rule speaks of: an address, a prefix, or any.",
        };

        public static readonly Setting<Protocol.Names.DomainName> Key = new SingleSetting<Protocol.Names.DomainName>("RULE.key", ValueKinds.Name)
        {
            IsLive = true,
            Otherwise = "none is needed",
            Example = "xfr.isp1.example.",
            Description = "The TSIG key, one of 'keys', that the request has to be signed with.",
        };

        public static readonly IReadOnlyList<Setting> All = [Prefix, Key];
    }

    /// <summary>Another name server.</summary>
    public static class Server
    {
        public static readonly Setting<string> Address = new SingleSetting<string>("SERVER.address", ValueKinds.Text("an address", 64) with { Form = "ADDRESS:PORT" })
        {
            IsLive = true,
            Otherwise = "it has to be set",
            Example = "\"[2001:db8::54]:53\"",
            Description = "Where it is reached. Without a port 53 is meant, or 853 with 'tls'.",
        };

        public static readonly Setting<Protocol.Names.DomainName> Key = new SingleSetting<Protocol.Names.DomainName>("SERVER.key", ValueKinds.Name)
        {
            IsLive = true,
            Otherwise = "none",
            Example = "xfr.isp1.example.",
            Description = "The TSIG key, one of 'keys', that requests to it are signed with.",
        };

        public static readonly Setting Tls = new MapSetting("SERVER.tls", "a name, 'opportunistic', or a map", "NAME|opportunistic|MAP")
        {
            IsLive = true,
            Otherwise = "plain TCP",
            Example = "ns1.isp2.example",
            Description = "Transfers go over TLS (RFC 9103). A name stands for 'tls: { name: NAME }'; with opportunistic nothing is verified.",
        };

        public static readonly IReadOnlyList<Setting> All = [Address, Key, Tls];
    }

    /// <summary>How a connection over TLS is authenticated.</summary>
    public static class Tls
    {
        public static readonly Setting<string> Name = new SingleSetting<string>("SERVER.tls.name", ValueKinds.Text("a name", 255) with { Form = "NAME", MayBeEmpty = false })
        {
            IsLive = true,
            Otherwise = "not checked",
            Example = "ns1.isp2.example",
            Description = "The name that the server's certificate has to be for.",
        };

        public static readonly Setting<IReadOnlyList<byte[]>> Pins = new ListSetting<byte[]>("SERVER.tls.pins", "a digest or a list of digests", PinText.Kind)
        {
            IsLive = true,
            Otherwise = "none",
            Example = "[47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=]",
            Description = "SHA-256 digests of public keys that the server may have (RFC 7858 §4.2), in base64 or hexadecimal digits.",
        };

        public static readonly Setting<string> Authorities = new SingleSetting<string>("SERVER.tls.authorities", ValueKinds.Path("a PEM file", "PATH"))
        {
            IsLive = true,
            Otherwise = "the system's",
            Example = "certs/authorities.pem",
            Description = "A PEM file with the authorities that are trusted.",
        };

        public static readonly Setting<string> Certificate = new SingleSetting<string>("SERVER.tls.certificate", ValueKinds.Path("a PEM file", "PATH"))
        {
            IsLive = true,
            Otherwise = "none",
            Example = "certs/altodns.pem",
            Description = "A PEM file with our own certificate and its key, shown to a server that wants one.",
        };

        public static readonly IReadOnlyList<Setting> All = [Name, Pins, Authorities, Certificate];
    }

    /// <summary>One zone.</summary>
    public static class Zone
    {
        public static readonly Setting<string> File = new SingleSetting<string>("zones.ZONE.file", ValueKinds.Path("a zone file", "PATH"))
        {
            IsLive = true,
            Otherwise = "the zone comes from a policy, a list or a primary",
            Example = "example.com.zone",
            Description = "The zone file, for a plain zone.",
        };

        public static readonly Setting AllowTransfer = Copy(ServerSettings.AllowTransfer, "zones.ZONE.allow-transfer", "Who may transfer this zone.", "as all zones");

        public static readonly Setting Notify = Copy(ServerSettings.Notify, "zones.ZONE.notify", "Secondaries that are told of each new version of this zone.", "as all zones");

        public static readonly Setting AllowQuery = Copy(ProtectionSettings.AllowQuery, "zones.ZONE.allow-query", "Who may ask about this zone.", "as all zones");

        public static readonly IReadOnlyList<Setting> All = [File, AllowQuery, AllowTransfer, Notify];
    }

    /// <summary>A zone that comes from its primaries.</summary>
    public static class Secondary
    {
        public static readonly Setting Primaries = Copy(ServerSettings.Notify, "secondaries.ZONE.primaries", "The primaries, in order of preference.", "it has to be set");

        public static readonly Setting AllowNotify = Copy(
            ServerSettings.AllowTransfer, "secondaries.ZONE.allow-notify", "Who besides the primaries may tell of a new version (RFC 1996 §3.10).", "nobody");

        public static readonly Setting<long> MaxSize = new SingleSetting<long>("secondaries.ZONE.max-size", ValueKinds.Octets("a size of a zone", 1024, 1L << 40))
        {
            IsLive = true,
            Default = "4GiB",
            Example = "100MiB",
            Description = "Octets in wire format that are taken before a transfer is given up.",
        };

        public static readonly Setting<bool> Catalog = new SingleSetting<bool>("secondaries.ZONE.catalog", ValueKinds.Flag)
        {
            IsLive = true,
            Default = "false",
            Example = "true",
            Description = "Whether the zone is a catalog (RFC 9432) whose members become secondaries with the same settings; docs/catalogs.md.",
        };

        public static readonly Setting Groups = new MapSetting("secondaries.ZONE.groups", "a map of groups", "{ GROUP: [SERVER, …], … }")
        {
            IsLive = true,
            Otherwise = "none",
            Example = "{ signed: [192.0.2.2] }",
            Description = "Of a catalog: the primaries of members in a group, in place of the catalog's.",
        };

        public static readonly IReadOnlyList<Setting> All = [Primaries, AllowNotify, MaxSize, Catalog, Groups];
    }

    /// <summary>The tables in the order of the reference, each with what it is about.</summary>
    public static readonly IReadOnlyList<(string Title, IReadOnlyList<Setting> Settings)> All =
    [
        ("A zone", Zone.All),
        ("A TSIG key", Key.All),
        ("A rule of who may do something", Rule.All),
        ("Another server", Server.All),
        ("TLS to another server", Tls.All),
        ("A zone from a primary", Secondary.All),
    ];

    private static MapSetting Copy(Setting setting, string key, string description, string otherwise) => new(key, setting.Noun, setting.Form)
    {
        IsLive = true,
        Otherwise = otherwise,
        Example = setting.Example,
        Description = description,
    };
}
