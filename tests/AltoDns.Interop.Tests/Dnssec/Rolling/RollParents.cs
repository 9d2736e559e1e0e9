// The parent of the zones whose keys roll: signed, served by AltoDns or BIND, given DS records while it is served.

using System.Text;
using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Dnssec.Rolling;

internal interface IRollParent : IAsyncDisposable
{
    /// <summary>The server of the parent zone.</summary>
    RunningServer Server { get; }

    /// <summary>Replaces the DS records of a child, given as their data; returns once that is asked for.</summary>
    Task SetDsAsync(RollingZone child, IReadOnlyCollection<string> records);
}

internal static class RollParents
{
    public const string Origin = "2.0.192.in-addr.arpa.";

    /// <summary>In seconds.</summary>
    public const int DsTimeToLive = 2;

    public static ServedZone Zone { get; } = new(DomainName.Parse(Origin), "");

    public static async Task<IRollParent> StartAsync(bool isBind, IReadOnlyList<RollingZone> children) =>
        isBind ? await BindParent.StartAsync(children) : await AltoDnsParent.StartAsync(children);
}

/// <summary>AltoDns with a policy whose delegations are edited.</summary>
internal sealed class AltoDnsParent : IRollParent
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<RollingZone, IReadOnlyCollection<string>> _ds = [];
    private readonly string _policy;
    private RunningServer? _server;

    private AltoDnsParent(IReadOnlyList<RollingZone> children)
    {
        _policy = Path.Combine(_folder.Path, "parent.yaml");
        foreach (var child in children)
        {
            _ds[child] = [];
        }
    }

    public RunningServer Server => _server!;

    public static async Task<AltoDnsParent> StartAsync(IReadOnlyList<RollingZone> children)
    {
        var parent = new AltoDnsParent(children);
        parent.Write();
        parent._server = await AltoDnsServer.StartAsync([parent._policy, "--state", parent._folder.MakeFolder("state")], [RollParents.Zone]);
        return parent;
    }

    public Task SetDsAsync(RollingZone child, IReadOnlyCollection<string> records)
    {
        _ds[child] = records;
        Write();
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    private void Write()
    {
        var text = new StringBuilder($$"""
            zones: [192.0.2.0/24]
            soa: { primary: ns.isp.example., contact: hostmaster@isp.example, ttl: {{RollParents.DsTimeToLive}}s, negative-ttl: {{RollParents.DsTimeToLive}}s }
            nameservers: [ns.isp.example.]
            ttl: {{RollParents.DsTimeToLive}}s
            alto-servers: { core: { uri: https://alto.isp.example/ird } }
            assignments: { 192.0.2.0/24: core }
            dnssec: { cds: off }
            delegations:

            """);
        foreach (var (child, records) in _ds)
        {
            text.Append($"  {child.Prefix}: {{ nameservers: [ns.isp.example.], ds: [{string.Join(", ", records.Select(record => $"'{record}'"))}] }}\n");
        }

        File.WriteAllText(_policy + ".new", text.ToString());
        File.Move(_policy + ".new", _policy, overwrite: true);
    }
}

/// <summary>BIND, which signs by its own policy and takes DS records by dynamic update.</summary>
internal sealed class BindParent : IRollParent
{
    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private RunningServer? _server;

    public RunningServer Server => _server!;

    public static async Task<BindParent> StartAsync(IReadOnlyList<RollingZone> children)
    {
        var parent = new BindParent();
        var file = parent._folder.Write("parent.zone", $"""
            $TTL {RollParents.DsTimeToLive}
            @ SOA ns.isp.example. hostmaster.isp.example. 1 3600 600 86400 {RollParents.DsTimeToLive}
            @ NS ns.isp.example.
            {string.Concat(children.Select(child => $"{child.Origin} NS ns.isp.example.\n"))}
            """);
        var recipe = new ServerRecipe(NamedServer.Name, ToolRunner.Require("named"), (folder, port) => ["-g", "-n", "1", "-c", folder.Write("named.conf", $$"""
            options {
              directory "{{folder.Path}}";
              pid-file none;
              lock-file none;
              session-keyfile none;
              managed-keys-directory "{{folder.Path}}";
              listen-on port {{port}} { 127.0.0.1; };
              listen-on-v6 { none; };
              recursion no;
              dnssec-validation no;
              notify no;
              empty-zones-enable no;
            };
            controls { };
            zone "{{RollParents.Origin}}" { type primary; file "{{file}}"; dnssec-policy default; allow-update { 127.0.0.1; }; };

            """)]);
        parent._server = await RunningServer.StartAsync(recipe, [RollParents.Zone], LoadTimeout);
        return parent;
    }

    public async Task SetDsAsync(RollingZone child, IReadOnlyCollection<string> records)
    {
        var update = _folder.Write($"{child.Kind.Name}.update", $"""
            server 127.0.0.1 {Server.Endpoint.Port}
            zone {RollParents.Origin}
            update delete {child.Origin} DS
            {string.Concat(records.Select(record => $"update add {child.Origin} {RollParents.DsTimeToLive} DS {record}\n"))}send

            """);
        var result = await ToolRunner.RunAsync("nsupdate", [update]);
        Assert.True(result.ExitCode == 0, $"{result}");
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
