// One thread that answers datagrams; where they come from and how they are read and written is its heir's affair.

using System.ComponentModel;
using System.Net.Sockets;
using AltoDns.Server.Access;
using AltoDns.Server.Answering;
using AltoDns.Server.Listening.Linux;
using AltoDns.Server.Observing;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Listening;

/// <summary>What all of them share: the thread's life, its patience with errors, and the call of the handler.</summary>
internal abstract class DatagramWorker : IAnswersLater, IDisposable
{
    /// <summary>RFC 9715 §3.1, R4: what to shorten an answer to when the interface cannot carry it whole; IPv6's least MTU (1,280) less its headers.</summary>
    public const int SafePayload = 1232;

    // How many datagrams that came before the stop are still answered.
    private const int DrainLimit = 10_000;

    private const int MillisecondsPerSecond = 1000;
    private const int ErrorsUntilPause = 100;
    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(50);

    private readonly object _source;
    private readonly AddressRanges _proxies;
    private readonly QueryHandler _handler;
    private readonly TimeProvider _timeProvider;
    private readonly HandlerFaultLog _faultLog;
    private readonly ILogger _logger;
    private readonly AnswerTally _answers = new(isShared: false);
    private readonly AnswerTally _lateAnswers = new(isShared: true);
    private readonly ManualResetEventSlim _stopRequested = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;
    private volatile bool _leavesQueue;
    private long _lastTurn;
    private bool _started;

    /// <param name="source">What the log calls the place that datagrams come from.</param>
    protected DatagramWorker(
        object source, ListeningOptions options, QueryHandler handler, TimeProvider timeProvider, HandlerFaultLog faultLog, ILogger logger)
    {
        _proxies = new AddressRanges(options.Proxies);
        _source = source;
        _handler = handler;
        _timeProvider = timeProvider;
        _faultLog = faultLog;
        _logger = logger;
        _lastTurn = timeProvider.GetTimestamp();
    }

    /// <summary>When the thread last turned to its source, as <see cref="TimeProvider.GetTimestamp"/> tells it.</summary>
    public long LastTurn => Volatile.Read(ref _lastTurn);

    /// <summary>Ends when the thread has.</summary>
    public Task Completion => _completion.Task;

    public UdpCounters Counters => Tally.Snapshot();

    protected UdpTally Tally { get; } = new();

    /// <summary>Adds what was answered so far.</summary>
    public void AddAnswersTo(AnswerCounts counts)
    {
        _answers.AddTo(counts);
        _lateAnswers.AddTo(counts);
    }

    protected bool IsStopping => _stopping;

    /// <summary>Milliseconds since 1970.</summary>
    protected long UnixTime => _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Whether what comes from now on is left to another process that has the same socket.</summary>
    protected bool LeavesQueue => _leavesQueue;

    /// <param name="name">Of the thread, for debuggers and top.</param>
    public void Start(string name)
    {
        _started = true;
        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>Asks the thread to end once it has answered what has come already; returns at once.</summary>
    public void Stop()
    {
        _stopping = true;
        _stopRequested.Set();
        WakeReader();
    }

    /// <summary>The same, and what comes later is left in the socket, which another process has too.</summary>
    public void StopAndLeaveQueue()
    {
        _leavesQueue = true;
        Stop();
    }

    /// <summary>Ends the thread's reading at once.</summary>
    public void Dispose()
    {
        Stop();
        if (!_started)
        {
            _completion.TrySetResult();
        }

        Close();
    }

    PendingAnswer? IAnswersLater.Defer() => Defer() is { } route ? new CountedAnswer(route, _lateAnswers) : null;

    /// <inheritdoc cref="IAnswersLater.Defer"/>
    protected abstract PendingAnswer? Defer();

    /// <summary>Waits for datagrams.</summary>
    /// <returns>How many there are to answer; 0 where there is none now, or none is left and the worker is stopped.</returns>
    /// <exception cref="Win32Exception">Reading failed; a <see cref="SocketException"/> is one, too.</exception>
    /// <exception cref="ObjectDisposedException">The source was closed.</exception>
    protected abstract int Receive();

    /// <summary>Answers what the last <see cref="Receive"/> brought, and counts what became of it.</summary>
    protected abstract void Answer(int count);

    /// <summary>Makes a waiting <see cref="Receive"/> return; called after <see cref="IsStopping"/> was set, maybe more than once.</summary>
    protected abstract void WakeReader();

    /// <summary>Closes what datagrams come from. The thread may still use it, and may have ended.</summary>
    protected abstract void Close();

    /// <returns>Whether there is an answer to send; if not, the reason is counted.</returns>
    /// <param name="unixTime">Milliseconds since 1970.</param>
    /// <param name="isAgain">Whether the answer was made before and was too long; it is counted once.</param>
    protected bool TryProcess(
        ReadOnlySpan<byte> request,
        Span<byte> response,
        ReadOnlySpan<byte> clientAddress,
        ushort clientPort,
        long unixTime,
        out int length,
        bool isAgain = false)
    {
        length = 0;
        if (!_proxies.IsEmpty && _proxies.Contains(clientAddress) && !TryTakeFromProxy(ref request, ref clientAddress, ref clientPort))
        {
            Tally.MalformedProxy++;
            return false;
        }

        _answers.BeginSample(out var begin);
        try
        {
            length = _handler(request, response, new QueryContext
            {
                Transport = Transport.Udp,
                ClientAddress = clientAddress,
                ClientPort = clientPort,
                UnixTime = (uint)(unixTime / MillisecondsPerSecond),
                Milliseconds = (ushort)(unixTime % MillisecondsPerSecond),
                Later = this,
                Tally = isAgain ? null : _answers,
            });
            _answers.EndSample(begin);
        }
        catch (Exception exception)
        {
            Tally.Faults++;
            _faultLog.Report(exception);
            return false;
        }

        if (length <= 0)
        {
            // What is answered later has been taken on, which is all that this thread can tell.
            _ = length switch
            {
                PendingAnswer.Deferred => Tally.Answered++,
                PendingAnswer.Limited => Tally.Limited++,
                _ => Tally.Silent++,
            };
            return false;
        }

        return true;
    }

    private static bool TryTakeFromProxy(ref ReadOnlySpan<byte> request, ref ReadOnlySpan<byte> clientAddress, ref ushort clientPort)
    {
        if (!ProxyHeader.TryRead(request, out var header))
        {
            return false;
        }

        request = request[header.Length..];
        if (!header.Address.IsEmpty)
        {
            clientAddress = header.Address;
            clientPort = header.Port;
        }

        return true;
    }

    private void Run()
    {
        try
        {
            WorkerScheduling.RunSoon();
            AnswerUntilStopped();
        }
        catch (Exception exception) when (_stopping && exception is Win32Exception or ObjectDisposedException)
        {
            // The source was closed under the reader, which is how a stop reaches it at last.
        }
        finally
        {
            _completion.TrySetResult();
        }
    }

    private void AnswerUntilStopped()
    {
        var consecutiveErrors = 0;
        var drained = 0;
        while (true)
        {
            Volatile.Write(ref _lastTurn, _timeProvider.GetTimestamp());
            int count;
            try
            {
                count = Receive();
                consecutiveErrors = 0;
            }
            catch (Win32Exception exception) when (!_stopping)
            {
                Tally.ReceiveErrors++;
                PauseAfter(++consecutiveErrors, exception);
                continue;
            }

            if (_stopping && (count == 0 || (drained += count) > DrainLimit))
            {
                return;
            }

            if (count > 0)
            {
                Tally.Received += count;
                Answer(count);
            }
        }
    }

    private void PauseAfter(int consecutiveErrors, Exception exception)
    {
        // Single errors are about single clients (ICMP); a source that only ever fails must not occupy a processor.
        if (consecutiveErrors < ErrorsUntilPause)
        {
            return;
        }

        if (consecutiveErrors == ErrorsUntilPause)
        {
            _logger.ReceivingFails(_source, exception.Message);
        }

        _stopRequested.Wait(ErrorPause);
    }
}
