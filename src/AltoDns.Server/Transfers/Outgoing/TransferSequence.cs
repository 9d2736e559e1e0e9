// One transfer on its way to a client.

using System.Diagnostics;
using System.Net;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Server.Listening;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Transfers.Outgoing;

/// <summary>What a transfer is, for its log and its counters.</summary>
internal sealed record TransferSubject(DomainName Zone, uint Serial, RecordType Type, IPAddress Client, DomainName? Key);

/// <summary>Holds one of the places for transfers from when it is ready until it is disposed.</summary>
internal sealed class TransferSequence(
    TransferSubject subject, IWireRecords records, TransferStart start, TsigResponder? tsig, TransferPlaces places, TimeProvider timeProvider, ILogger logger)
    : IMessageSequence
{
    private readonly TransferMessages _messages = new(records, start, tsig);
    private readonly TransferPlace _place = places.Take();
    private readonly long _began = timeProvider.GetTimestamp();
    private long _octets;
    private int _count;

    public Task Ready => _place.Ready;

    public int Next(Span<byte> response)
    {
        if (_messages.IsComplete)
        {
            return 0;
        }

        var length = _messages.Next(response, (uint)timeProvider.GetUtcNow().ToUnixTimeSeconds());
        if (length == 0)
        {
            // No record has more than 65,535 octets, but its owner and a signature may take it past what a message holds.
            throw new UnreachableException($"A record of {subject.Zone} does not fit into a message.");
        }

        _octets += length;
        _count++;
        return length;
    }

    public void Dispose()
    {
        _place.Dispose();
        tsig?.Dispose();
        var milliseconds = (long)timeProvider.GetElapsedTime(_began).TotalMilliseconds;
        if (_messages.IsComplete)
        {
            logger.TransferSent(subject.Type, subject.Zone, subject.Serial, subject.Client, _messages.Records, _count, _octets, milliseconds);
        }
        else
        {
            logger.TransferBrokenOff(subject.Type, subject.Zone, subject.Serial, subject.Client, _count, milliseconds);
        }
    }
}
