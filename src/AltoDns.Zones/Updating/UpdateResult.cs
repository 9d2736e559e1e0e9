// What one update came to.

using AltoDns.Protocol.Messages;

namespace AltoDns.Zones.Updating;

/// <param name="ResponseCode">What the client is told; anything but NOERROR has changed nothing.</param>
/// <param name="Reason">For the log, why it was refused: a clause without a full stop; null where nothing was refused.</param>
/// <param name="HasChanged">Whether the zone's records differ.</param>
public readonly record struct UpdateResult(ResponseCode ResponseCode, string? Reason = null, bool HasChanged = false);
