// BIND and Knot Resolver as validating resolvers that ask one other resolver: each its own validator, one tree of zones below them.

using System.Net;
using AltoDns.Protocol.Names;

namespace AltoDns.Harness;

public static class ForwardingResolvers
{
    // Answered by the resolver itself, so that being ready can be asked for without any recursion.
    private static readonly ServedZone Ready = new(DomainName.Parse("ready.invalid."), "");

    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(60);

    /// <param name="upstream">A resolver that passes signatures on.</param>
    /// <param name="rootDs">Data of the root's DS record: tag, algorithm, digest type, digest.</param>
    public static Task<RunningServer> StartNamedAsync(IPEndPoint upstream, string rootDs) => RunningServer.StartAsync(
        new ServerRecipe("BIND resolver", ToolRunner.Require("named"), (folder, port) => ["-g", "-n", "1", "-c", ConfigureNamed(folder, port, upstream, rootDs)]),
        [Ready],
        LoadTimeout);

    /// <inheritdoc cref="StartNamedAsync"/>
    public static Task<RunningServer> StartKnotAsync(IPEndPoint upstream, string rootDs) => RunningServer.StartAsync(
        new ServerRecipe("Knot Resolver", ToolRunner.Require("kresd"), (folder, port) => ["-n", "-c", ConfigureKnot(folder, port, upstream, rootDs), folder.Path]),
        [Ready],
        LoadTimeout);

    private static string ConfigureNamed(TemporaryFolder folder, int port, IPEndPoint upstream, string rootDs)
    {
        var ready = folder.Write("ready.zone", "@ 3600 IN SOA . . 1 3600 600 86400 300\n@ 3600 IN NS localhost.\n");
        var words = rootDs.Split(' ');
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
              forward only;
              forwarders { {{upstream.Address}} port {{upstream.Port}}; };
            };
            controls { };
            trust-anchors { . static-ds {{words[0]}} {{words[1]}} {{words[2]}} "{{string.Concat(words[3..])}}"; };
            zone "ready.invalid" { type primary; file "{{ready}}"; };

            """);
    }

    private static string ConfigureKnot(TemporaryFolder folder, int port, IPEndPoint upstream, string rootDs) => folder.Write("kresd.conf", $$"""
        net.listen('127.0.0.1', {{port}}, { kind = 'dns' })
        net.ipv6 = false
        cache.open(10 * MB, 'lmdb://{{folder.Path}}')
        trust_anchors.remove('.')
        trust_anchors.add('. IN DS {{rootDs}}')
        modules.unload('ta_update')
        modules.unload('ta_signal_query')
        modules.unload('detect_time_skew')
        modules.unload('priming')
        policy.add(policy.suffix(policy.ANSWER({ [kres.type.SOA] = { rdata = kres.parse_rdata({ 'SOA . . 1 3600 600 86400 300' }), ttl = 300 } }), policy.todnames({ 'ready.invalid' })))
        policy.add(policy.all(policy.FORWARD('{{upstream.Address}}@{{upstream.Port}}')))

        """);
}
