// Loads a server by UDP, as fast as it answers or at a fixed pace, and checks every answer.

using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using AltoDns.Benchmarks.Measuring;

namespace AltoDns.Benchmarks.Traffic;

/// <param name="Sent">Packets.</param>
/// <param name="Answered">Answers, right or wrong.</param>
/// <param name="Lost">Queries that should have been answered and were not when silence had lasted for 200 ms, or 2 s at a fixed pace.</param>
/// <param name="Wrong">Answers other than expected.</param>
/// <param name="AnswerOctets">Octets of all answers.</param>
/// <param name="Elapsed">From the first query to the last answer.</param>
internal sealed record LoadResult(long Sent, long Answered, long Lost, long Wrong, long AnswerOctets, TimeSpan Elapsed);

/// <summary>Goes on through its queries from one run to the next. Used by one thread, which never sleeps, so that no server pays for waking it.</summary>
/// <param name="patience">How long silence may last at a fixed pace; null for 2 s. IDs have to last as long: 65,536 queries.</param>
internal sealed unsafe class UdpLoad(IPEndPoint server, QueryTrains trains, int sockets = 8, TimeSpan? patience = null) : IDisposable
{
    private static readonly long Silence = Stopwatch.Frequency / 5;

    // What comes at a fixed pace goes on coming: the IDs must last until then.
    private readonly long _pacedSilence = (long)((patience ?? TimeSpan.FromSeconds(2)).TotalSeconds * Stopwatch.Frequency);

    private readonly LoadSockets _sockets = new(server, sockets);

    // By ID: position + 1 of the query that waits for an answer, and when it was, or should have been, sent.
    private readonly int[] _pending = new int[QueryTrains.Unit];
    private readonly long[] _intended = new long[QueryTrains.Unit];
    private int _nextTrain;
    private int _nextPosition;
    private int _nextSocket;
    private long _sent;
    private long _answered;
    private long _unsettled;
    private long _expected;
    private long _lost;
    private long _wrong;
    private long _octets;
    private bool _gaveUp;
    private LatencyHistogram? _histogram;

    /// <summary>A query and its wrong answer in hexadecimal; null where all were right.</summary>
    public string? FirstWrong { get; private set; }

    /// <summary>Closed loop: keeps packets in flight until enough are sent or the time is over.</summary>
    /// <param name="inFlight">96 fit into the smallest receive buffer of the servers compared, 64 KB of rbldnsd.</param>
    public LoadResult Run(long count, TimeSpan limit, int inFlight = 96)
    {
        Reset(histogram: null);
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(limit.TotalSeconds * Stopwatch.Frequency);
        long now = start, lastAnswer = start;
        while (true)
        {
            var mayGoOn = _sent < count && now < end;
            while (mayGoOn && _sent < count && _unsettled + trains[_nextTrain].Count <= inFlight)
            {
                SendTrain();
            }

            if (!mayGoOn && _expected == 0)
            {
                break;
            }

            var received = ReceiveAll();
            now = Stopwatch.GetTimestamp();
            if (received > 0)
            {
                lastAnswer = now;
            }
            else if (now - lastAnswer > Silence)
            {
                GiveUp();
                lastAnswer = now;
            }
        }

        return Result(start, lastAnswer);
    }

    /// <summary>Open loop: sends each query at its time, whatever the server does, and counts latency from that time.</summary>
    /// <param name="rate">Queries a second.</param>
    public LoadResult RunPaced(long count, double rate, LatencyHistogram histogram)
    {
        Reset(histogram);
        var pace = new Pace(Stopwatch.GetTimestamp(), rate, Stopwatch.Frequency);
        long lastAnswer = pace.Start, now = pace.Start;
        while (_sent < count || _expected > 0)
        {
            var due = Math.Min(count, pace.DueAt(now));
            while (_sent < due)
            {
                SendOne(pace.TimeOf(_sent));
            }

            var received = ReceiveAll();
            now = Stopwatch.GetTimestamp();
            if (received > 0 || _expected == 0)
            {
                lastAnswer = now;
            }
            else if (now - lastAnswer > _pacedSilence)
            {
                GiveUp();
                lastAnswer = now;
            }
        }

        return Result(pace.Start, lastAnswer);
    }

    public void Dispose() => _sockets.Dispose();

    private void Reset(LatencyHistogram? histogram)
    {
        _histogram = histogram;
        (_sent, _answered, _unsettled, _expected, _lost, _wrong, _octets) = (0, 0, 0, 0, 0, 0, 0);
    }

    private LoadResult Result(long start, long end) => new(_sent, _answered, _lost, _wrong, _octets, Stopwatch.GetElapsedTime(start, end));

    private void SendTrain()
    {
        var train = trains[_nextTrain];
        _nextTrain = (_nextTrain + 1) % trains.TrainCount;
        for (var i = 0; i < train.Count; i++)
        {
            Expect(train.First + i);
        }

        _sockets.Send(NextSocket(), trains.AddressOf(train.First), train.Count, train.MessageLength);
        _sent += train.Count;
        _unsettled += train.Count;
    }

    private void SendOne(long intended)
    {
        var position = _nextPosition;
        _nextPosition = (_nextPosition + 1) % trains.Count;
        Expect(position);
        _intended[position % QueryTrains.Unit] = intended;
        _sockets.Send(NextSocket(), trains.AddressOf(position), 1, trains.Message(position).Length);
        _sent++;
        _unsettled++;
    }

    private void Expect(int position)
    {
        _pending[position % QueryTrains.Unit] = position + 1;
        _expected += trains.Settles(position) > 0 ? 1 : 0;
    }

    private int NextSocket() => _nextSocket = (_nextSocket + 1) % _sockets.Count;

    private int ReceiveAll()
    {
        var total = 0;
        for (var socket = 0; socket < _sockets.Count; socket++)
        {
            var count = _sockets.Receive(socket);
            for (var i = 0; i < count; i++)
            {
                Take(_sockets.Answer(i));
            }

            total += count;
        }

        return total;
    }

    private void Take(ReadOnlySpan<byte> answer)
    {
        var id = answer.Length < sizeof(ushort) ? 0 : BinaryPrimitives.ReadUInt16BigEndian(answer);
        var position = _pending[id] - 1;
        if (position < 0)
        {
            // Given up before, or a second answer.
            _wrong += _gaveUp ? 0 : 1;
            return;
        }

        _pending[id] = 0;
        _answered++;
        _octets += answer.Length;
        if (!trains.Answer(position).IsMet(trains.Message(position), answer))
        {
            _wrong++;
            FirstWrong ??= $"{Convert.ToHexString(trains.Message(position))} was answered {Convert.ToHexString(answer)}";
        }

        var settles = trains.Settles(position);
        _unsettled -= settles;
        _expected -= settles > 0 ? 1 : 0;
        _histogram?.Add((long)Stopwatch.GetElapsedTime(_intended[id]).TotalNanoseconds);
    }

    private void GiveUp()
    {
        _lost += _expected;
        _gaveUp = true;
        (_unsettled, _expected) = (0, 0);
        _pending.AsSpan().Clear();
        _sockets.GiveUp();
    }
}
