// Clients that each send one update after the other and wait for its answer.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using AltoDns.Harness.Updating;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;

namespace AltoDns.Benchmarks.Updating;

/// <summary>Run once. Each update adds one peer that is not there yet.</summary>
/// <param name="round">Tells the names of one run from those of another.</param>
/// <param name="perSecond">Updates a second of all clients together; 0: as fast as the server answers.</param>
internal sealed class UpdateLoad(IPEndPoint server, DomainName zone, int clients, int round, double perSecond = 0)
{
    private readonly ConcurrentBag<List<double>> _milliseconds = [];
    private double[] _sorted = [];
    private long _failed;
    private TimeSpan _elapsed;

    public long Count => _sorted.Length;

    /// <summary>Updates that were answered otherwise than NOERROR, or not at all.</summary>
    public long Failed => _failed;

    public double PerSecond => _sorted.Length / _elapsed.TotalSeconds;

    public void Run(TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, clients).Select(client => new Thread(() => Send(client, clock, duration))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        _elapsed = clock.Elapsed;
        _sorted = [.. _milliseconds.SelectMany(times => times).Order()];
    }

    /// <summary>In milliseconds: from sending to the answer, or from the time when it was to be sent.</summary>
    public double Percentile(double share) => _sorted.Length == 0 ? double.NaN : _sorted[Math.Min((int)(_sorted.Length * share), _sorted.Length - 1)];

    private void Send(int client, Stopwatch clock, TimeSpan duration)
    {
        using var socket = new UpdateClient(server, UpdatableServers.Key) { Patience = TimeSpan.FromSeconds(10) };
        var times = new List<double>();
        for (var number = 0; clock.Elapsed < duration; number++)
        {
            var owner = DomainName.Parse(string.Create(CultureInfo.InvariantCulture, $"n{round}-{client}-{number}._peer.{(client + number) % 64}.{zone}"));
            var began = perSecond > 0 ? TimeSpan.FromSeconds((number * clients + client) / perSecond) : clock.Elapsed;
            if (began > clock.Elapsed)
            {
                Thread.Sleep(began - clock.Elapsed);
            }

            if (socket.Send(new UpdateBuilder(zone).Add(owner, 60, PeerZone.ServerOf(client + number))) is { Code: ResponseCode.NoError })
            {
                times.Add((clock.Elapsed - began).TotalMilliseconds);
            }
            else
            {
                Interlocked.Increment(ref _failed);
            }
        }

        _milliseconds.Add(times);
    }
}
