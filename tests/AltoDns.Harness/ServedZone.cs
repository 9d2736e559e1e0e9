// A zone that a server under test is told to load: its apex and the master file that holds it.

using AltoDns.Protocol.Names;

namespace AltoDns.Harness;

/// <param name="Origin">The apex.</param>
/// <param name="File">Absolute path of an RFC 1035 master file.</param>
public sealed record ServedZone(DomainName Origin, string File)
{
    /// <summary>The apex as a quoted string of a configuration file, which NSD, Knot and BIND read alike as long as nothing is escaped in it.</summary>
    public string QuotedOrigin => $"\"{Origin}\"";
}
