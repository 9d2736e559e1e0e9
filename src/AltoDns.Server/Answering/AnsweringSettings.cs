// What an operator may set about how questions are answered.

namespace AltoDns.Server.Answering;

/// <summary>Immutable.</summary>
public sealed record AnsweringSettings
{
    /// <summary>The largest UDP answer, in octets: 512 to 65,535; 1,232 avoids fragments (RFC 9715 §3.1).</summary>
    public ushort MaxUdpPayloadSize { get; init; } = 1232;
}
