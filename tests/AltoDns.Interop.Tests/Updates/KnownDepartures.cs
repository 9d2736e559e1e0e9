// Where BIND or Knot depart from RFC 2136 or from each other, each by the rule that tells who is right.

namespace AltoDns.Interop.Tests.Updates;

internal static class KnownDepartures
{
    /// <summary>The rule that a script meets; null where the servers have to agree.</summary>
    public static string? Find(string server, IReadOnlyList<ScriptedUpdate> script, string origin) => null;
}
