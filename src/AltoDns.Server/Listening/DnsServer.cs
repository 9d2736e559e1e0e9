// The listening half of the server: binds all endpoints, hands what comes to the handler, stops in good order.

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using AltoDns.Server.Access;
using AltoDns.Server.Listening.Linux;
using AltoDns.Server.Listening.Linux.Xdp;
using AltoDns.Server.Observing;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Listening;

/// <summary>
/// Serves UDP and TCP on every endpoint of its options. Starts once and stops once.
/// Of several servers started on one endpoint only the first succeeds: TCP, which nobody shares, is bound before UDP.
/// </summary>
public sealed class DnsServer : IAsyncDisposable
{
    // How often a port that the system chose for TCP may turn out to be taken for UDP.
    private const int MaxPortAttempts = 64;

    // What threads get to notice that their sockets are closed.
    private static readonly TimeSpan CutOffGrace = TimeSpan.FromSeconds(1);

    private readonly ListeningOptions _options;
    private readonly QueryHandler _handler;
    private readonly StreamHandler? _streamHandler;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<DnsServer> _logger;
    private readonly HandlerFaultLog _faultLog;
    private readonly TcpConnectionTable _connections;
    private readonly List<IPEndPoint> _endpoints = [];
    private readonly List<IPEndPoint> _tlsEndpoints = [];
    private readonly List<UdpListener> _udpListeners = [];
    private readonly List<TcpAcceptor> _tcpAcceptors = [];
    private readonly List<XdpListener> _xdpListeners = [];
    private readonly List<Socket> _others = [];
    private Task? _stop;

    /// <param name="handler">Called from many threads at once.</param>
    /// <param name="streamHandler">For answers of many messages over streams; null where there are none. Called from many threads at once.</param>
    public DnsServer(
        ListeningOptions options, QueryHandler handler, TimeProvider timeProvider, ILogger<DnsServer> logger, StreamHandler? streamHandler = null)
    {
        _options = options;
        _handler = handler;
        _streamHandler = streamHandler;
        _timeProvider = timeProvider;
        _logger = logger;
        _faultLog = new HandlerFaultLog(timeProvider, logger);
        _connections = new TcpConnectionTable(options.Tcp, new AddressRanges(options.Proxies), timeProvider);
    }

    /// <summary>The endpoints of the options in their order, with the ports that were bound; empty before the start.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints => _endpoints;

    /// <summary>The same of the endpoints with TLS.</summary>
    public IReadOnlyList<IPEndPoint> TlsEndpoints => _tlsEndpoints;

    /// <summary>All bound sockets for UDP and TCP, owned by the server; empty before the start.</summary>
    public IEnumerable<Socket> Sockets =>
        _udpListeners.SelectMany(listener => listener.Sockets).Concat(_tcpAcceptors.Select(acceptor => acceptor.Socket)).Concat(_others);

    /// <summary>
    /// Listening sockets for the other endpoints of the options, in their order: bound, handed over and closed with the rest. Who accepts from them has to
    /// stop that before the server stops.
    /// </summary>
    public IReadOnlyList<Socket> OtherSockets => _others;

    /// <summary>
    /// Whether another process has, or will have, the same sockets: a stop then leaves in them what it does not answer any more,
    /// and lets TCP connections run out.
    /// </summary>
    public bool LeavesQueues { get; set; }

    /// <summary>Whether every UDP thread has turned to its socket within a time, as it does even when nothing comes.</summary>
    public bool IsTurning(TimeSpan within) =>
        !OperatingSystem.IsLinux() || _udpListeners.TrueForAll(listener => _timeProvider.GetElapsedTime(listener.LastTurn) < within);

    /// <summary>Whether any interface is served by XDP.</summary>
    public bool ListensByXdp => _xdpListeners.Count > 0;

    public ServerCounters Counters => new(
        _udpListeners.Aggregate(default(UdpCounters), (sum, listener) => sum + listener.Counters),
        _connections.Counters,
        _xdpListeners.Aggregate(default(UdpCounters), (sum, listener) => sum + listener.Counters));

    /// <summary>What was answered, by transport: <c>udp</c>, <c>tcp</c>, and <c>tls</c> and <c>xdp</c> where they are served.</summary>
    public IReadOnlyList<(string Transport, AnswerCounts Counts)> Answers
    {
        get
        {
            var answers = new List<(string, AnswerCounts)>();
            Add("udp", counts => _udpListeners.ForEach(listener => listener.AddAnswersTo(counts)));
            Add("tcp", _connections.PlainAnswers.AddTo);
            if (_tlsEndpoints.Count > 0)
            {
                Add("tls", _connections.TlsAnswers.AddTo);
            }

            if (ListensByXdp)
            {
                Add("xdp", counts => _xdpListeners.ForEach(listener => listener.AddAnswersTo(counts)));
            }

            return answers;

            void Add(string transport, Action<AnswerCounts> addTo)
            {
                var counts = new AnswerCounts();
                addTo(counts);
                answers.Add((transport, counts));
            }
        }
    }

    /// <summary>Binds every endpoint, then starts to answer. Nothing stays bound where one fails.</summary>
    /// <exception cref="ListenException">An endpoint could not be bound.</exception>
    /// <exception cref="UdpEngineException">The UDP engine that was asked for cannot be had.</exception>
    /// <exception cref="TlsCertificateException">The certificate for TLS cannot be read.</exception>
    public void Start()
    {
        var options = _options with { UdpEngine = ChooseEngine() };
        try
        {
            foreach (var endpoint in _options.Endpoints)
            {
                _endpoints.Add(Bind(endpoint, options));
            }

            if (_options.Tls is { } tls)
            {
                BindTls(tls);
            }

            foreach (var endpoint in _options.Others)
            {
                _others.Add(BindTcp(endpoint, "http.listen or doh.listen"));
            }
        }
        catch
        {
            CloseListeners();
            _endpoints.Clear();
            _tlsEndpoints.Clear();
            _udpListeners.Clear();
            _tcpAcceptors.Clear();
            _others.Clear();
            throw;
        }

        _udpListeners.ForEach(listener => listener.Start());
        _tcpAcceptors.ForEach(acceptor => acceptor.Start());
        _endpoints.ForEach(_logger.ListeningOn);
        _tlsEndpoints.ForEach(_logger.ListeningWithTls);
        _options.Inherited?.Taken();
        foreach (var target in _options.Xdp)
        {
            if (XdpListener.TryStart(target, _endpoints, _options, _handler, _timeProvider, _faultLog, _logger) is { } listener)
            {
                _xdpListeners.Add(listener);
            }
        }
    }

    /// <summary>
    /// Takes no more connections, answers what has come, and closes. What is not finished within
    /// <see cref="ListeningOptions.StopTimeout"/>, or when <paramref name="cancellation"/> is signalled, is cut off.
    /// </summary>
    public Task StopAsync(CancellationToken cancellation = default) => _stop ??= StopOnceAsync(cancellation);

    public async ValueTask DisposeAsync() => await StopAsync();

    private UdpEngine ChooseEngine()
    {
        if (_options.UdpEngine == UdpEngine.Sockets || _options.BatchCalls.AreAvailable(out var reason))
        {
            return _options.UdpEngine == UdpEngine.Sockets ? UdpEngine.Sockets : UdpEngine.Batches;
        }

        if (_options.UdpEngine == UdpEngine.Batches)
        {
            throw new UdpEngineException(reason!);
        }

        if (NativeMethods.IsSupported)
        {
            _logger.BatchesUnavailable(reason!);
        }

        return UdpEngine.Sockets;
    }

    private void BindTls(TlsOptions options)
    {
        // RFC 7858 §3.1, RFC 9103 §7.1.
        var terms = new TlsTerms(options, _timeProvider, _logger, new SslApplicationProtocol("dot"));
        foreach (var endpoint in options.Endpoints)
        {
            var socket = BindTcp(endpoint, "tls.listen");
            _tlsEndpoints.Add((IPEndPoint)socket.LocalEndPoint!);
            _tcpAcceptors.Add(new TcpAcceptor(socket, _connections, _handler, _streamHandler, terms, _timeProvider, _faultLog, _logger));
        }
    }

    private Socket BindTcp(IPEndPoint endpoint) =>
        _options.Inherited?.TakeAll(SocketType.Stream, endpoint) is [var first, ..] ? first : ListenSockets.BindTcp(endpoint, _options.Tcp.Backlog);

    private Socket BindTcp(IPEndPoint endpoint, string choice)
    {
        try
        {
            return BindTcp(endpoint);
        }
        catch (ListenException exception)
        {
            throw exception.ChosenBy(choice);
        }
    }

    private IPEndPoint Bind(IPEndPoint endpoint, ListeningOptions options)
    {
        for (var attempt = 1; ; attempt++)
        {
            var socket = BindTcp(endpoint);
            try
            {
                var bound = (IPEndPoint)socket.LocalEndPoint!;
                _udpListeners.Add(UdpListener.Bind(bound, options, _handler, _timeProvider, _faultLog, _logger));
                _tcpAcceptors.Add(new TcpAcceptor(socket, _connections, _handler, _streamHandler, tls: null, _timeProvider, _faultLog, _logger));
                return bound;
            }
            catch (ListenException exception) when (
                endpoint.Port == 0 && exception.Reason == SocketError.AddressAlreadyInUse && attempt < MaxPortAttempts)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private async Task StopOnceAsync(CancellationToken cancellation)
    {
        if (LeavesQueues)
        {
            // UDP is answered until TCP has run out, so that its sockets have no reader for as short a time as can be.
            await LetTcpRunOutAsync(cancellation);
        }
        else
        {
            _tcpAcceptors.ForEach(acceptor => acceptor.Dispose());
        }

        _xdpListeners.ForEach(listener => listener.Stop());
        _udpListeners.ForEach(listener => listener.Stop(LeavesQueues));
        var finished = Task.WhenAll(
        [
            _connections.FinishAsync(),
            .. _tcpAcceptors.Select(acceptor => acceptor.Completion),
            .. _udpListeners.Select(listener => listener.Completion),
            .. _xdpListeners.Select(listener => listener.Completion),
        ]);
        try
        {
            await finished.WaitAsync(_options.StopTimeout, _timeProvider, cancellation);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            _logger.CutOff(_options.StopTimeout.TotalSeconds, _connections.AbortAll());
        }

        CloseListeners();
        await Task.WhenAny(finished, Task.Delay(CutOffGrace, _timeProvider, CancellationToken.None));
        if (_endpoints.Count > 0)
        {
            var counters = Counters;
            foreach (var listener in _xdpListeners)
            {
                var xdp = listener.Counters;
                _logger.StoppedXdp(listener.Name, xdp.Answered, xdp.Received, xdp.Malformed);
            }

            _logger.StoppedListening(counters.Udp.Answered, counters.Tcp.Answered);
            var all = counters.Udp + counters.Xdp;
            if (all.SendBufferFull + all.SendFailed > 0)
            {
                _logger.AnswersDropped(all.SendBufferFull, all.SendFailed);
            }
        }
    }

    private async Task LetTcpRunOutAsync(CancellationToken cancellation)
    {
        await Task.WhenAll(_tcpAcceptors.Select(acceptor => acceptor.StopAndLeaveQueueAsync()));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_options.StopTimeout);
        try
        {
            await _connections.RunOutAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Those that never pause are ended as at any stop.
        }
    }

    private void CloseListeners()
    {
        _others.ForEach(socket => socket.Dispose());
        _tcpAcceptors.ForEach(acceptor => acceptor.Dispose());
        _xdpListeners.ForEach(listener => listener.Dispose());
        _udpListeners.ForEach(listener => listener.Dispose());
        _connections.Dispose();
    }
}
