// Tells the secondaries of each zone that there is a new version, until they have heard (RFC 1996 §3.6).

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Server.Access;
using AltoDns.Server.Reloading;
using AltoDns.Server.Transfers.Outgoing;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Transfers.Notifying;

/// <summary>
/// One NOTIFY at a time is on its way for each zone and peer; versions that are published meanwhile are told of by the next one, so
/// that many changes in a short time come to few messages. Nothing is sent before the host has started.
/// </summary>
internal sealed class NotifySender(TransferOptionsStore options, ZoneStore store, TimeProvider timeProvider, ILogger<NotifySender> logger)
    : BackgroundService, IZoneChangeObserver
{
    private const int MostAtOnce = 128;
    private const int Attempts = 6;

    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(100);

    private readonly NotifyMessage _message = new(timeProvider);
    private readonly SemaphoreSlim _free = new(MostAtOnce);
    private readonly Lock _gate = new();

    // The value tells whether a newer version has come since its NOTIFY was sent.
    private readonly Dictionary<(DomainName Zone, Peer Peer), bool> _running = [];
    private readonly HashSet<DomainName> _waiting = [];
    private CancellationToken _stopping;
    private bool _isStarted;

    public void Published(IReadOnlyList<ZoneChange> changes)
    {
        foreach (var change in changes.Where(change => change.After is not null && change.After.Serial != change.Before?.Serial))
        {
            Tell(change.Origin);
        }
    }

    public override void Dispose()
    {
        _free.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        DomainName[] waiting;
        lock (_gate)
        {
            _stopping = stoppingToken;
            _isStarted = true;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        Array.ForEach(waiting, Tell);
        return Task.CompletedTask;
    }

    private void Tell(DomainName zone)
    {
        lock (_gate)
        {
            if (!_isStarted)
            {
                _waiting.Add(zone);
                return;
            }

            foreach (var peer in options.Current.For(zone).Notify)
            {
                if (!_running.TryAdd((zone, peer), false))
                {
                    _running[(zone, peer)] = true;
                    continue;
                }

                _ = Task.Run(() => RunAsync(zone, peer), CancellationToken.None);
            }
        }
    }

    private async Task RunAsync(DomainName zone, Peer peer)
    {
        try
        {
            do
            {
                await TellAsync(zone, peer);
                await Task.Delay(LeastPause, timeProvider, _stopping);
            }
            while (!IsDone(zone, peer));
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The server stops.
        }
    }

    private bool IsDone(DomainName zone, Peer peer)
    {
        lock (_gate)
        {
            if (_running[(zone, peer)])
            {
                _running[(zone, peer)] = false;
                return false;
            }

            _running.Remove((zone, peer));
            return true;
        }
    }

    private async Task TellAsync(DomainName zone, Peer peer)
    {
        var patience = FirstPatience;
        for (var attempt = 0; attempt < Attempts; attempt++, patience *= 2)
        {
            if (FindZone(zone) is not { } current)
            {
                return;
            }

            ResponseCode? code;
            await _free.WaitAsync(_stopping);
            try
            {
                code = await _message.SendAsync(current, peer, peer.Key is { } name ? options.Current.Keys.GetValueOrDefault(name) : null, patience, _stopping);
            }
            finally
            {
                _free.Release();
            }

            if (code == ResponseCode.NoError)
            {
                return;
            }

            if (code is { } refusal)
            {
                logger.NotifyRefused(peer, zone, current.Serial, refusal.Mnemonic());
                return;
            }
        }

        logger.NotifyUnanswered(peer, zone, Attempts);
    }

    private ZoneSnapshot? FindZone(DomainName zone)
    {
        var lookup = new LookupName();
        lookup.Set(zone.Wire);
        return store.Current.FindEnclosing(lookup) is { } found && found.Origin == zone ? found : null;
    }
}
