// How a server is reached by those who look after it.

using AltoDns.Server.Observing;

namespace AltoDns.Server.Control;

/// <summary>Settings of <see cref="ControlServer"/>.</summary>
/// <param name="SocketPath">Where the socket is made, mode 0600; the folder is made where it is missing, mode 0700. Null for none: only programs inside are told.</param>
/// <param name="LogLevel">What log-level changes.</param>
/// <param name="ConfigurationFile">As status names it; null where there is none.</param>
public sealed record ControlOptions(string? SocketPath, LogLevelSwitch LogLevel, string? ConfigurationFile);
