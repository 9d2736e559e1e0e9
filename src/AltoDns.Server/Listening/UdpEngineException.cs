// Why the UDP engine that was asked for cannot be had.

namespace AltoDns.Server.Listening;

/// <summary>The message is one line: the reason and the remedy.</summary>
public sealed class UdpEngineException(string reason) : Exception(
    $"Datagrams cannot be read in batches here: {reason}. Choose --udp-engine fastest, which does without where it must.");
