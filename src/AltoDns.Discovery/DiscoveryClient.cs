// The way in for trackers: which ALTO server guides a host, and with which key its guidance is verified.

using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AltoDns.Discovery.Procedure;
using AltoDns.Discovery.Resolving;
using AltoDns.Protocol.Names;

namespace AltoDns.Discovery;

/// <summary>Finds ALTO servers by DNS. Make one and keep it: it remembers answers as long as they are valid. Safe for several threads.</summary>
public sealed class DiscoveryClient : IAsyncDisposable
{
    /// <summary>The service that is looked for unless another one is named (RFC 7286 §5).</summary>
    public const string DefaultService = "ALTO:https";

    private readonly DiscoveryOptions _options;
    private readonly INameLookup _lookup;
    private readonly Resolver? _resolver;
    private readonly AddressDiscovery _discovery;

    /// <param name="options">Null: the system's resolvers, their word on DNSSEC taken from loopback only.</param>
    public DiscoveryClient(DiscoveryOptions? options = null)
    {
        _options = options ?? new DiscoveryOptions();
        _resolver = new Resolver(_options.Resolver);
        _lookup = _resolver;
        _discovery = new AddressDiscovery(_lookup, _options);
    }

    /// <summary>Discovery over another source of answers, such as zones in memory; the options' resolver is not used.</summary>
    public DiscoveryClient(INameLookup lookup, DiscoveryOptions? options = null)
    {
        _options = options ?? new DiscoveryOptions();
        _lookup = lookup;
        _discovery = new AddressDiscovery(_lookup, _options);
    }

    /// <summary>Questions put to resolvers so far; 0 over another source.</summary>
    public long Questions => _resolver?.Questions ?? 0;

    /// <summary>Whether a text is a service parameter (RFC 4848 §4.5).</summary>
    public static bool IsService(string text) => ServiceParameter.TryParse(text, out _);

    /// <summary>Finds the servers of a host (RFC 8686 §3), and where a hint is given those of one peer behind its address.</summary>
    /// <param name="address">As seen from outside. An IPv6 address that stands for an IPv4 one is taken as that.</param>
    /// <param name="service">A U-NAPTR service and protocol (RFC 4848 §4.5).</param>
    /// <exception cref="DiscoveryException">The service is none.</exception>
    public Task<DiscoveryResult> DiscoverAsync(
        IPAddress address, PeerHint? hint = null, string service = DefaultService, CancellationToken cancellationToken = default) =>
        DiscoverAsync(ToPrefix(address), hint, service, _options.WithKeys, cancellationToken);

    /// <summary>Finds the servers of a whole prefix (RFC 8686 §3.4, Table 1).</summary>
    /// <exception cref="DiscoveryException">The prefix is shorter than /8 or /32, or the service is none.</exception>
    public Task<DiscoveryResult> DiscoverAsync(
        IPNetwork prefix, PeerHint? hint = null, string service = DefaultService, CancellationToken cancellationToken = default) =>
        DiscoverAsync(
            IPPrefix.FromAddress(prefix.BaseAddress).Truncate(prefix.PrefixLength), hint, service, _options.WithKeys, cancellationToken);

    /// <summary>Finds the servers of a domain, such as the one that DHCP gives a host (RFC 7286 §3.2).</summary>
    /// <exception cref="DiscoveryException">The domain name or the service is none.</exception>
    public Task<DiscoveryResult> DiscoverDomainAsync(string domain, string service = DefaultService, CancellationToken cancellationToken = default)
    {
        var error = DomainName.TryParse(System.Text.Encoding.UTF8.GetBytes(domain), DomainName.Root, out var name);
        if (error != NameError.None || name.IsRoot)
        {
            throw new DiscoveryException(
                DiscoveryError.BadDomainName, nameof(domain), $"'{domain}' is not a domain name{(error == NameError.None ? "" : $": {error.Describe()}")}.");
        }

        return _discovery.DiscoverAsync(
            name.ToString(), [new LookupStep("domain", name)], ServiceParameter.Parse(service, nameof(service)), _options.WithKeys, cancellationToken);
    }

    /// <summary>Finds the trackers that the host's ISP offers to its customers (BEP 22).</summary>
    public Task<TrackerResult> DiscoverTrackersAsync(IPAddress address, CancellationToken cancellationToken = default)
    {
        var prefix = ToPrefix(address);
        return IsLeftOut(prefix)
            ? Task.FromResult(new TrackerResult { Subject = prefix.Address.ToString() })
            : new TrackerDiscovery(_lookup, _options).DiscoverAsync(prefix.Address.ToString(), ReverseName.FromPrefix(prefix), cancellationToken);
    }

    /// <summary>
    /// Finds the servers of a whole swarm, each result as it comes. Peers are read as fast as they are worked off, a bounded number at a time;
    /// a name is looked up once, however many peers ask for it.
    /// </summary>
    /// <param name="withKeys">Whether each server's keys are looked up, too; null: not, as a swarm needs them for few servers only.</param>
    /// <exception cref="DiscoveryException">The service is none.</exception>
    public IAsyncEnumerable<PeerDiscovery> DiscoverManyAsync(
        IAsyncEnumerable<Peer> peers, string service = DefaultService, bool withKeys = false, CancellationToken cancellationToken = default)
    {
        ServiceParameter.Parse(service, nameof(service));
        return StreamAsync(peers, service, withKeys, cancellationToken);
    }

    public ValueTask DisposeAsync() => _resolver?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async IAsyncEnumerable<PeerDiscovery> StreamAsync(
        IAsyncEnumerable<Peer> peers, string service, bool withKeys, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var found = Channel.CreateBounded<PeerDiscovery>(new BoundedChannelOptions(_options.Concurrency) { SingleReader = true });
        var work = WorkAsync(peers, service, withKeys, found.Writer, stop.Token);
        try
        {
            await foreach (var discovery in found.Reader.ReadAllAsync(cancellationToken))
            {
                yield return discovery;
            }
        }
        finally
        {
            // Whoever stops reading stops the lookups; their end is awaited, so that nothing goes on unseen.
            await stop.CancelAsync();
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WorkAsync(
        IAsyncEnumerable<Peer> peers, string service, bool withKeys, ChannelWriter<PeerDiscovery> found, CancellationToken cancellationToken)
    {
        Exception? fault = null;
        try
        {
            var limits = new ParallelOptions { MaxDegreeOfParallelism = _options.Concurrency, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(peers, limits, async (peer, token) =>
            {
                var result = await DiscoverAsync(ToPrefix(peer.Address), peer.Hint, service, withKeys, token);
                await found.WriteAsync(new PeerDiscovery(peer, result), token);
            });
        }
        catch (Exception exception)
        {
            fault = exception;
        }

        found.TryComplete(fault);
    }

    private Task<DiscoveryResult> DiscoverAsync(IPPrefix prefix, PeerHint? hint, string service, bool withKeys, CancellationToken cancellationToken)
    {
        var parameter = ServiceParameter.Parse(service, nameof(service));
        var names = LookupTable.Of(prefix, hint);
        var subject = prefix.IsSingleAddress ? prefix.Address.ToString() : prefix.ToString();
        return IsLeftOut(prefix)
            ? Task.FromResult(new DiscoveryResult { Subject = subject, Status = DiscoveryStatus.NotDiscoverable })
            : _discovery.DiscoverAsync(subject, names, parameter, withKeys, cancellationToken);
    }

    private bool IsLeftOut(IPPrefix prefix) => !_options.IncludeSpecialAddresses && SpecialAddresses.Contains(prefix);

    private static IPPrefix ToPrefix(IPAddress address) => IPPrefix.FromAddress(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
