// All XDP workers of one interface, the program that brings them their frames, and its link.

using System.ComponentModel;
using System.Net;
using AltoDns.Server.Observing;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace AltoDns.Server.Listening.Linux.Xdp;

/// <summary>Answers from <see cref="TryStart"/> to <see cref="Stop"/>. Sockets must be bound to the same endpoints: what XDP leaves to the kernel is theirs.</summary>
internal sealed class XdpListener : IDisposable
{
    private readonly List<XdpWorker> _workers = [];
    private readonly List<SafeFileHandle> _programs = [];
    private SafeFileHandle? _link;

    private XdpListener(string name) => Name = name;

    /// <summary>The interface and its queues, as the operator wrote them.</summary>
    public string Name { get; }

    public Task Completion => Task.WhenAll(_workers.Select(worker => worker.Completion));

    public UdpCounters Counters => _workers.Aggregate(default(UdpCounters), (sum, worker) => sum + worker.Counters);

    /// <summary>Adds what its workers answered so far.</summary>
    public void AddAnswersTo(AnswerCounts counts)
    {
        foreach (var worker in _workers)
        {
            worker.AddAnswersTo(counts);
        }
    }

    /// <param name="endpoints">Those that sockets are bound to.</param>
    /// <returns>Null where the system does not permit it or cannot; the log says why.</returns>
    public static XdpListener? TryStart(
        XdpInterface target,
        IReadOnlyList<IPEndPoint> endpoints,
        ListeningOptions options,
        QueryHandler handler,
        TimeProvider timeProvider,
        HandlerFaultLog faultLog,
        ILogger logger)
    {
        var listener = new XdpListener(target.ToString());
        try
        {
            listener.Start(target, endpoints, options, handler, timeProvider, faultLog, logger);
            return listener;
        }
        catch (Exception exception) when (exception is XdpException or Win32Exception)
        {
            listener.Dispose();
            logger.XdpUnavailable(target.ToString(), exception.Message);
            return null;
        }
    }

    /// <summary>Takes no more frames: from now on they reach the sockets. Those that came are answered; returns at once.</summary>
    public void Stop()
    {
        _link?.Dispose();
        _workers.ForEach(worker => worker.Stop());
    }

    public void Dispose()
    {
        _link?.Dispose();
        _workers.ForEach(worker => worker.Dispose());
        _programs.ForEach(program => program.Dispose());
    }

    private void Start(
        XdpInterface target,
        IReadOnlyList<IPEndPoint> endpoints,
        ListeningOptions options,
        QueryHandler handler,
        TimeProvider timeProvider,
        HandlerFaultLog faultLog,
        ILogger logger)
    {
        if (!NativeMethods.IsSupported || XdpNativeMethods.BpfCall == 0)
        {
            throw new XdpException("it needs Linux on x64 or arm64");
        }

        var facts = InterfaceFacts.Read(target.Name);
        var served = InterfaceFacts.ServedAt(target.Name, endpoints);
        if (served.Count == 0)
        {
            throw new XdpException("it has none of the addresses that are listened on");
        }

        var queues = target.Queues.Count > 0 ? target.Queues : [.. Enumerable.Range(0, facts.Queues)];
        var map = BpfProgram.CreateSocketMap(queues.Max() + 1);
        _programs.Add(map);
        var zeroCopy = true;
        foreach (var queue in queues)
        {
            var socket = new XdpSocket(facts.Index, queue);
            zeroCopy &= socket.IsZeroCopy;
            _workers.Add(new XdpWorker(socket, $"{target.Name}:{queue}", facts.Mtu, options, handler, timeProvider, faultLog, logger));
            BpfProgram.SetSocket(map, queue, socket.Descriptor);
        }

        var program = BpfProgram.Load(PacketFilter.Assemble(served, facts.HardwareAddress, XdpSocket.FrameCapacity, (int)map.DangerousGetHandle()));
        _programs.Add(program);
        for (var i = 0; i < _workers.Count; i++)
        {
            _workers[i].Start($"XDP {target.Name}:{queues[i]}");
        }

        _link = BpfProgram.Attach(program, facts.Index, out var isGeneric);
        logger.ListeningByXdp(
            target.Name,
            string.Join(", ", queues),
            string.Join(", ", served),
            isGeneric ? "in the kernel" : "in the driver",
            zeroCopy ? "without copying" : "copied");
    }
}
