// What is known of one zone, put together by the parts of the server that look after it.

using AltoDns.Protocol.Names;

namespace AltoDns.Server.Control;

/// <summary>A part of the server that knows something of zones. Methods are called from any thread, and answer at once.</summary>
public interface IZoneStatusSource
{
    /// <summary>The zones that it looks after though they may not be served, such as one that no primary has sent yet.</summary>
    IEnumerable<DomainName> Zones { get; }

    /// <summary>Adds what it knows of a zone.</summary>
    void Describe(DomainName origin, ZoneStatus status);
}

/// <summary>A zone at one moment. Times are UTC; null stands for what does not apply.</summary>
/// <param name="Zone">Its name with the final dot.</param>
public sealed record ZoneStatus(string Zone)
{
    /// <summary>Whether questions about it are answered.</summary>
    public bool IsServed { get; set; }

    public uint? Serial { get; set; }

    public int? Names { get; set; }

    public long? RRsets { get; set; }

    /// <summary>Where it comes from: a file, or a server.</summary>
    public string? Source { get; set; }

    /// <summary>Since when it is served as it is.</summary>
    public DateTimeOffset? Since { get; set; }

    public long? AgeSeconds { get; set; }

    /// <summary>When the first of its signatures expires.</summary>
    public DateTimeOffset? SignedUntil { get; set; }

    /// <summary>Why it is not newer than it is; null where nothing is amiss.</summary>
    public string? LastError { get; set; }

    /// <summary>Whatever else there is to say, by names in lower case with hyphens.</summary>
    public SortedDictionary<string, string> Facts { get; init; } = new(StringComparer.Ordinal);
}
