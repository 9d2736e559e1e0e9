// All UDP workers of one endpoint: for each address one socket per worker where the kernel can spread clients over them.

using System.Net;
using System.Net.Sockets;
using AltoDns.Server.Listening.Linux;
using AltoDns.Server.Observing;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Listening;

/// <summary>Bound when made; answers from <see cref="Start"/> to <see cref="Stop"/>.</summary>
internal sealed class UdpListener : IDisposable
{
    // A wildcard on a machine with many addresses gets fewer workers for each.
    private const int MaxWorkers = 256;

    private readonly List<Socket> _sockets = [];
    private readonly List<UdpWorker> _workers = [];

    private UdpListener()
    {
    }

    public Task Completion => Task.WhenAll(_workers.Select(worker => worker.Completion));

    /// <summary>The bound sockets, owned by the listener.</summary>
    public IReadOnlyList<Socket> Sockets => _sockets;

    /// <summary>When the thread that has been silent for longest last turned to its socket.</summary>
    public long LastTurn => _workers.Min(worker => worker.LastTurn);

    public UdpCounters Counters => _workers.Aggregate(default(UdpCounters), (sum, worker) => sum + worker.Counters);

    /// <summary>Adds what its workers answered so far.</summary>
    public void AddAnswersTo(AnswerCounts counts)
    {
        foreach (var worker in _workers)
        {
            worker.AddAnswersTo(counts);
        }
    }

    /// <param name="endpoint">
    /// Sockets for a wildcard answer from the address that was asked in <see cref="UdpEngine.Batches"/>; otherwise it
    /// stands for every address that the machine has now, since only a socket bound to one address is sure to answer from it.
    /// </param>
    /// <param name="options">With an engine that was chosen: not <see cref="UdpEngine.Fastest"/>.</param>
    /// <exception cref="ListenException">No socket could be bound.</exception>
    public static UdpListener Bind(
        IPEndPoint endpoint,
        ListeningOptions options,
        QueryHandler handler,
        TimeProvider timeProvider,
        HandlerFaultLog faultLog,
        ILogger logger)
    {
        var listener = new UdpListener();
        var expands = options.UdpEngine == UdpEngine.Sockets && ListenAddress.IsWildcard(endpoint.Address);
        try
        {
            var addresses = expands ? ListenAddress.Expand(endpoint.Address) : [endpoint.Address];
            var perAddress = Math.Max(1, Math.Min(options.UdpWorkers ?? Environment.ProcessorCount, MaxWorkers / Math.Max(1, addresses.Count)));
            ListenException? leftOut = null;
            foreach (var address in addresses)
            {
                try
                {
                    listener.BindAddress(new IPEndPoint(address, endpoint.Port), perAddress, options, handler, timeProvider, faultLog, logger);
                }
                catch (ListenException exception) when (addresses.Count > 1 && exception.Reason == SocketError.AddressNotAvailable)
                {
                    leftOut = exception;
                    logger.AddressLeftOut(exception.Endpoint);
                }
            }

            if (listener._workers.Count == 0)
            {
                throw leftOut ?? new ListenException(
                    endpoint, Answering.Transport.Udp, new SocketException((int)SocketError.AddressNotAvailable));
            }

            if (expands)
            {
                logger.WildcardExpanded(endpoint, string.Join(", ", addresses));
            }

            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public void Start()
    {
        for (var index = 0; index < _workers.Count; index++)
        {
            _workers[index].Start($"UDP {index + 1}");
        }
    }

    /// <summary>Asks all workers to end once they have answered what has come; returns at once.</summary>
    /// <param name="leaveQueues">Whether what comes after that stays in the sockets for another process that has them too.</param>
    public void Stop(bool leaveQueues)
    {
        foreach (var worker in _workers)
        {
            if (leaveQueues)
            {
                worker.StopAndLeaveQueue();
            }
            else
            {
                worker.Stop();
            }
        }
    }

    /// <summary>Closes the sockets, which ends the workers at once.</summary>
    public void Dispose()
    {
        foreach (var worker in _workers)
        {
            worker.Dispose();
        }

        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private void BindAddress(
        IPEndPoint endpoint,
        int workers,
        ListeningOptions options,
        QueryHandler handler,
        TimeProvider timeProvider,
        HandlerFaultLog faultLog,
        ILogger logger)
    {
        var batches = options.UdpEngine == UdpEngine.Batches;

        // Each inherited socket has a queue, and clients whose datagrams go there: each gets its reader.
        var inherited = options.Inherited?.TakeAll(SocketType.Dgram, endpoint) ?? [];
        workers = inherited.Count > 0 ? inherited.Count : workers;
        var spreads = OperatingSystem.IsLinux() && workers > 1;
        Socket? socket = null;
        for (var worker = 0; worker < workers; worker++)
        {
            if (socket is null || spreads)
            {
                socket = worker < inherited.Count
                    ? inherited[worker]
                    : ListenSockets.BindUdp(endpoint, spreads, batches && ListenAddress.IsWildcard(endpoint.Address), options);
                _sockets.Add(socket);
            }

            _workers.Add(batches
                ? new BatchUdpWorker(socket, options, handler, timeProvider, faultLog, logger)
                : new SocketUdpWorker(socket, options, handler, timeProvider, faultLog, logger));
        }

        // Linux reports twice what it grants, to allow for its own overhead (socket(7)).
        var granted = OperatingSystem.IsLinux() ? socket!.ReceiveBufferSize / 2 : socket!.ReceiveBufferSize;
        if (granted < options.UdpReceiveBuffer)
        {
            logger.ReceiveBufferSmall(endpoint, granted, options.UdpReceiveBuffer);
        }
    }
}
