// What an attempt to load the zones came to, kept for those who ask later.

using AltoDns.Zones.Configuration;

namespace AltoDns.Server.Reloading;

/// <param name="At">When it ended.</param>
/// <param name="Reason">Why it was made, such as <c>SIGHUP was received</c>.</param>
/// <param name="IsPublished">Whether its zones are served; otherwise those before still are.</param>
/// <param name="Problems">Errors and warnings in the order found.</param>
public sealed record ReloadReport(DateTimeOffset At, string Reason, TimeSpan Took, bool IsPublished, IReadOnlyList<Problem> Problems);
