// Unbound, BIND and Knot Resolver as validating resolvers that follow delegations from a root of the test's own, as on the Internet.

using System.Net;
using AltoDns.Harness.Network;
using AltoDns.Protocol.Names;

namespace AltoDns.Harness;

/// <summary>The root that resolvers start from.</summary>
/// <param name="Server">Name and address of the one server of the root zone, on port 53.</param>
/// <param name="Ds">Data of the root's DS record, the trust anchor: tag, algorithm, digest type, digest.</param>
public sealed record LocalRoot(NetworkNamespace Network, DomainName ServerName, IPAddress Server, string Ds);

/// <summary>How resolvers deal with what they know.</summary>
public enum ResolverCaching
{
    /// <summary>Answers are kept; denials answer only the same question again, save with Knot Resolver, which cannot be told so.</summary>
    Answers,

    /// <summary>As before, and Knot Resolver keeps nothing at all, so that each question goes to the servers.</summary>
    Little,

    /// <summary>Denials that were validated answer other questions, too (RFC 8198).</summary>
    Aggressive,

    /// <summary>As before, and servers are asked for the whole name at once, without the shorter ones before (RFC 9156).</summary>
    AggressiveWithWholeNames,
}

public static class RecursiveResolvers
{
    // Answered by the resolver itself, so that being ready can be asked for without any recursion.
    private static readonly ServedZone Ready = new(DomainName.Parse("ready.invalid."), "");

    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(60);

    public static IReadOnlyList<string> Names { get; } = ["unbound", "BIND", "Knot Resolver"];

    /// <param name="name">One of <see cref="Names"/>.</param>
    public static Task<RunningServer> StartAsync(string name, LocalRoot root, ResolverCaching caching) => RunningServer.StartAsync(
        (name switch
        {
            "unbound" => new ServerRecipe(name, ToolRunner.Require("unbound"), (folder, port) => ["-d", "-c", ConfigureUnbound(folder, port, root, caching)]),
            "BIND" => new ServerRecipe(name, ToolRunner.Require("named"), (folder, port) => ["-4", "-g", "-n", "1", "-c", ConfigureNamed(folder, port, root, caching)]),
            "Knot Resolver" => new ServerRecipe(name, ToolRunner.Require("kresd"), (folder, port) => ["-n", "-c", ConfigureKnot(folder, port, root, caching), folder.Path]),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        }) with
        {
            Network = root.Network,
        },
        [Ready],
        LoadTimeout);

    private static bool IsAggressive(ResolverCaching caching) => caching is ResolverCaching.Aggressive or ResolverCaching.AggressiveWithWholeNames;

    private static string Hints(LocalRoot root) => $". 3600 IN NS {root.ServerName}\n{root.ServerName} 3600 IN A {root.Server}\n";

    private static string ConfigureUnbound(TemporaryFolder folder, int port, LocalRoot root, ResolverCaching caching) => folder.Write("unbound.conf", $"""
        server:
          interface: 127.0.0.1@{port}
          do-ip6: no
          num-threads: 1
          username: ""
          chroot: ""
          directory: "{folder.Path}"
          pidfile: "{folder.Path}/unbound.pid"
          use-syslog: no
          logfile: ""
          val-log-level: 2
          access-control: 127.0.0.0/8 allow
          root-hints: "{folder.Write("root.hints", Hints(root))}"
          module-config: "validator iterator"
          trust-anchor: ". IN DS {root.Ds}"
          trust-anchor-signaling: no
          unblock-lan-zones: yes
          aggressive-nsec: {(IsAggressive(caching) ? "yes" : "no")}
          qname-minimisation: {(caching == ResolverCaching.AggressiveWithWholeNames ? "no" : "yes")}
          val-bogus-ttl: 0
          cache-max-negative-ttl: 3600
          local-zone: "ready.invalid." static
          local-data: "ready.invalid. 3600 IN SOA . . 1 3600 600 86400 300"
        remote-control:
          control-enable: no

        """);

    private static string ConfigureNamed(TemporaryFolder folder, int port, LocalRoot root, ResolverCaching caching)
    {
        var ready = folder.Write("ready.zone", "@ 3600 IN SOA . . 1 3600 600 86400 300\n@ 3600 IN NS localhost.\n");
        var words = root.Ds.Split(' ');
        return folder.Write("named.conf", $$"""
            options {
              directory "{{folder.Path}}";
              pid-file none;
              lock-file none;
              session-keyfile none;
              managed-keys-directory "{{folder.Path}}";
              listen-on port {{port}} { 127.0.0.1; };
              listen-on-v6 { none; };
              recursion yes;
              allow-recursion { 127.0.0.1; };
              empty-zones-enable no;
              dnssec-validation yes;
              synth-from-dnssec {{(IsAggressive(caching) ? "yes" : "no")}};
              qname-minimization {{(caching == ResolverCaching.AggressiveWithWholeNames ? "off" : "relaxed")}};
              servfail-ttl 0;
            };
            controls { };
            trust-anchors { . static-ds {{words[0]}} {{words[1]}} {{words[2]}} "{{string.Concat(words[3..])}}"; };
            zone "." { type hint; file "{{folder.Write("root.hints", Hints(root))}}"; };
            zone "ready.invalid" { type primary; file "{{ready}}"; };

            """);
    }

    private static string ConfigureKnot(TemporaryFolder folder, int port, LocalRoot root, ResolverCaching caching) => folder.Write("kresd.conf", $$"""
        net.listen('127.0.0.1', {{port}}, { kind = 'dns' })
        net.ipv6 = false
        cache.open(100 * MB, 'lmdb://{{folder.Path}}')
        modules.load('hints')
        hints.root({ ['{{root.ServerName}}'] = { '{{root.Server}}' } })
        trust_anchors.remove('.')
        trust_anchors.add('. IN DS {{root.Ds}}')
        modules.unload('ta_update')
        modules.unload('ta_signal_query')
        modules.unload('detect_time_skew')
        modules.unload('priming')
        policy.add(policy.suffix(policy.ANSWER({ [kres.type.SOA] = { rdata = kres.parse_rdata({ 'SOA . . 1 3600 600 86400 300' }), ttl = 300 } }), policy.todnames({ 'ready.invalid' })))
        {{(caching != ResolverCaching.Little ? "" : "policy.add(policy.all(policy.FLAGS('NO_CACHE')))")}}
        {{(caching != ResolverCaching.AggressiveWithWholeNames ? "" : "policy.add(policy.all(policy.FLAGS('NO_MINIMIZE')))")}}
        policy.add(policy.all(policy.PASS))

        """);
}
