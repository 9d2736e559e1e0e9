// A name space from the root to an ISP's customer, signed by AltoDns and BIND in alternation and served in a network of its own.

using System.Net;
using System.Text;
using AltoDns.Harness;
using AltoDns.Harness.Network;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Scenarios;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Interop.Tests.Dnssec.Tree;

/// <summary>AltoDns serves what it signs, at <see cref="OurAddress"/>; NSD serves the rest, at <see cref="OtherAddress"/>.</summary>
internal sealed class SignedTree : IAsyncDisposable
{
    private const int Port = 53;

    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(180);

    private readonly TemporaryFolder _folder = new();
    private readonly List<RunningServer> _servers = [];
    private readonly List<string> _ourArguments = [];
    private readonly List<ServedZone> _ours = [];
    private readonly List<ServedZone> _others = [];
    private readonly Dictionary<string, string> _ds = new(StringComparer.Ordinal);

    private SignedTree(TreeKind kind, NetworkNamespace network, bool hasAlteringServer)
    {
        (Kind, Network) = (kind, network);
        AlteringServer = hasAlteringServer ? new AlteringServer(network, new IPEndPoint(AlteringAddress, Port), new IPEndPoint(IsOurs(TreeZones.Isp) ? OurAddress : OtherAddress, Port)) : null;
    }

    public static IPAddress OurAddress { get; } = IPAddress.Parse("203.0.113.1");

    public static IPAddress OtherAddress { get; } = IPAddress.Parse("203.0.113.2");

    /// <summary>Of the server that alters what it passes on of the ISPs' zones, in trees that have one.</summary>
    public static IPAddress AlteringAddress { get; } = IPAddress.Parse("203.0.113.3");

    public TreeKind Kind { get; }

    public NetworkNamespace Network { get; }

    public LocalRoot Root => new(Network, DomainName.Parse(ServerOf(".")), Kind.IsRootOurs ? OurAddress : OtherAddress, _ds["."]);

    /// <summary>Stands between resolvers and the server of the ISPs' zones; null in trees without one.</summary>
    public AlteringServer? AlteringServer { get; }

    /// <summary>The root's DNSKEY record.</summary>
    public string RootKey { get; private set; } = "";

    /// <summary>For files of a test.</summary>
    public TemporaryFolder Folder => _folder;

    /// <param name="hasAlteringServer">Whether the ISPs' zones are delegated to <see cref="AlteringServer"/>.</param>
    public static async Task<SignedTree> CreateAsync(TreeKind kind, bool hasAlteringServer = false)
    {
        var tree = new SignedTree(kind, await NetworkNamespace.CreateAsync(OurAddress, OtherAddress, AlteringAddress), hasAlteringServer);
        try
        {
            // From the bottom up, for a parent has its children's DS records.
            await tree.AddAsync(TreeZones.Customer);
            tree.Serve(TreeZones.UnsignedCustomer, tree.Write(TreeZones.UnsignedCustomer));
            tree.Serve(TreeZones.Unsigned, tree.Write(TreeZones.Unsigned));
            await tree.AddPoliciesAsync();
            foreach (var zone in new[] { TreeZones.InAddr, TreeZones.Ip6, "arpa.", "." })
            {
                await tree.AddAsync(zone);
            }

            await tree.StartServersAsync();
            return tree;
        }
        catch
        {
            await tree.DisposeAsync();
            throw;
        }
    }

    public async Task<RunningServer> StartResolverAsync(string name, ResolverCaching caching = ResolverCaching.Answers)
    {
        var resolver = await RecursiveResolvers.StartAsync(name, Root, caching);
        _servers.Add(resolver);
        return resolver;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
        {
            await server.DisposeAsync();
        }

        AlteringServer?.Dispose();
        await Network.DisposeAsync();
        _folder.Dispose();
    }

    private bool IsOurs(string zone) => Kind.IsOurs(TreeZones.LevelOf(zone));

    private string ServerOf(string zone) => AlteringServer is not null && TreeZones.LevelOf(zone) == 3 ? TreeZones.AlteringServer : IsOurs(zone) ? TreeZones.OurServer : TreeZones.OtherServer;

    private DnssecPolicy PolicyFor(string zone) => new() { Denial = Kind.Denial, OptOut = Kind.OptOut && TreeZones.LevelOf(zone) >= 2, Cds = ParentRequest.None };

    private string Write(string zone)
    {
        var text = new StringBuilder(TreeZones.TextOf(zone, ServerOf));
        foreach (var (child, ds) in _ds.Where(entry => TreeZones.ParentOf(entry.Key) == zone))
        {
            text.Append($"{child} 300 IN DS {ds}\n");
        }

        return _folder.Write($"{FileOf(zone)}.zone", text.ToString());
    }

    private async Task AddAsync(string zone)
    {
        var file = Write(zone);
        Serve(zone, IsOurs(zone) ? SignHere(zone, file) : await SignByBindAsync(zone, file));
    }

    private void Serve(string zone, string file)
    {
        var served = new ServedZone(DomainName.Parse(zone), file);
        if (IsOurs(zone))
        {
            _ours.Add(served);
            _ourArguments.AddRange(["--zone", $"{zone}={file}"]);
        }
        else
        {
            _others.Add(served);
        }
    }

    private string SignHere(string zone, string file)
    {
        var problems = new ProblemList();
        var plain = ZoneFileLoader.Load(file, DomainName.Parse(zone), problems)?.Freeze();
        Assert.True(plain is not null && !problems.HasErrors, string.Join('\n', problems.All));
        var terms = SigningKeys.Terms(plain.Origin, PolicyFor(zone), TimeProvider.System.GetUtcNow(), serial: 2, number: TreeZones.LevelOf(zone) + zone.Length);
        RootKey = $"{zone} 300 IN DNSKEY {terms.Keys.DnskeySigners[0].Data}\n"; // the root is the last to be signed
        _ds[zone] = DelegationDigest.CreateDs(plain.Origin, terms.Keys.DnskeySigners[0].Data, DigestType.Sha256).ToString()!;
        return Export(ZoneSigner.Sign(plain, terms).Zone, "signed");
    }

    private string Export(ZoneSnapshot zone, string extension)
    {
        var path = Path.Combine(_folder.Path, $"{FileOf(zone.Origin.ToString())}.{extension}");
        using var output = new StreamWriter(path);
        ZoneExporter.Write(zone, output);
        return path;
    }

    private async Task<string> SignByBindAsync(string zone, string file)
    {
        var key = Path.Combine(_folder.Path, (await RunAsync("dnssec-keygen", ["-q", "-a", "13", "-f", "KSK", "-P", "now-1d", "-A", "now-1d", "-K", _folder.Path, zone])).Trim());
        RootKey = await File.ReadAllTextAsync($"{key}.key");
        await File.AppendAllTextAsync(file, RootKey);
        var output = Path.Combine(_folder.Path, $"{FileOf(zone)}.signed");
        string[] denial = (Kind.Denial, PolicyFor(zone).OptOut) switch
        {
            (DenialMethod.Nsec, _) => [],
            (_, false) => ["-3", "-", "-H", "0"],
            _ => ["-3", "-", "-H", "0", "-A"],
        };
        await RunAsync("dnssec-signzone", ["-q", "-z", "-d", _folder.Path, "-o", zone, "-f", output, .. denial, file, key]);
        var ds = await RunAsync("dnssec-dsfromkey", ["-2", $"{key}.key"]);
        _ds[zone] = ds.Trim()[(ds.IndexOf(" DS ", StringComparison.Ordinal) + 4)..];
        return output;
    }

    private async Task AddPoliciesAsync()
    {
        _folder.Write("isp.zone", TreeZones.IspBase);
        var isOurs = IsOurs(TreeZones.Isp);
        var dnssec = !isOurs ? "off" : Kind.Denial == DenialMethod.Nsec ? "on" : $"{{ denial: nsec3, opt-out: {(Kind.OptOut ? "on" : "off")} }}";
        var files = new[] { true, false }.Select(plain => _folder.Write(
            plain ? "plain.yaml" : "isp.yaml",
            TreeZones.PolicyOf(plain, ServerOf(TreeZones.Isp), ServerOf, $"\"{_ds[TreeZones.Customer]}\"", dnssec))).ToList();
        var loaded = ZoneLoader.Load(new ZoneSources { Policies = files });
        Assert.True(loaded.Zones is not null, string.Join('\n', loaded.Problems));
        var store = new KeyStore(_folder.MakeFolder("state"));
        foreach (var zone in loaded.Zones.Zones)
        {
            var name = zone.Origin.ToString();
            if (isOurs)
            {
                using var keys = new ZoneKeys(store, zone.Origin);
                var set = keys.Advance(loaded.Signing[zone.Origin], TimeProvider.System.GetUtcNow()).Keys;
                _ds[name] = DelegationDigest.CreateDs(zone.Origin, set.DnskeySigners[0].Data, DigestType.Sha256).ToString()!;
                _ours.Add(new ServedZone(zone.Origin, ""));
            }
            else
            {
                _others.Add(new ServedZone(zone.Origin, await SignByBindAsync(name, Export(zone, "zone"))));
            }
        }

        if (isOurs)
        {
            _ourArguments.AddRange([.. files, "--state", store.Folder]);
        }
    }

    private async Task StartServersAsync()
    {
        var ours = new ServerRecipe(
            AltoDnsServer.Name, ToolRunner.Require("dotnet"), (_, port) => [AltoDnsServer.ProgramPath, "serve", "--listen", $"{OurAddress}:{port}", .. _ourArguments]);
        _servers.Add(await RunningServer.StartAsync(ours with { Network = Network, Endpoint = new IPEndPoint(OurAddress, Port) }, _ours, LoadTimeout));
        var others = NsdServer.Recipe(_others, address: OtherAddress);
        _servers.Add(await RunningServer.StartAsync(others with { Network = Network, Endpoint = new IPEndPoint(OtherAddress, Port) }, _others, LoadTimeout));
    }

    private static string FileOf(string zone) => zone == "." ? "root" : zone.TrimEnd('.');

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        var result = await ToolRunner.RunAsync(program, arguments);
        Assert.True(result.ExitCode == 0, $"{result}");
        return result.Output;
    }
}
