// Where the serial of a zone comes from when neither a policy nor a file sets it.

namespace AltoDns.Zones.Configuration;

/// <summary>Whichever it is, a serial that would not go forward is one more than the last instead (RFC 1982 §3).</summary>
public enum SerialPolicy
{
    /// <summary>The newest modification time of the files that the zone is made of, in seconds since 1970-01-01T00:00:00Z.</summary>
    FileTime,

    /// <summary>The present time in the same seconds.</summary>
    UnixTime,

    /// <summary>One more than the last, from 1 on.</summary>
    Increment,

    /// <summary>The day in UTC as YYYYMMDD and two digits from 00 on (RFC 1912 §2.2).</summary>
    DateSerial,
}

public static class SerialPolicies
{
    /// <summary>The words that a policy file has for them.</summary>
    internal static IReadOnlyDictionary<string, SerialPolicy> Words { get; } = new Dictionary<string, SerialPolicy>(StringComparer.Ordinal)
    {
        ["filetime"] = SerialPolicy.FileTime,
        ["unixtime"] = SerialPolicy.UnixTime,
        ["increment"] = SerialPolicy.Increment,
        ["dateserial"] = SerialPolicy.DateSerial,
    };

    /// <summary>The serial that a new version should have, before it is compared with the last.</summary>
    /// <param name="last">Null where there was none.</param>
    /// <param name="ofFiles">That by <see cref="SerialPolicy.FileTime"/>.</param>
    public static uint Wanted(this SerialPolicy policy, uint? last, uint ofFiles, DateTimeOffset now) => policy switch
    {
        SerialPolicy.FileTime => ofFiles,
        SerialPolicy.UnixTime => (uint)now.ToUnixTimeSeconds(),
        SerialPolicy.Increment => (last ?? 0) + 1,
        SerialPolicy.DateSerial => (uint)(now.UtcDateTime.Year * 1_000_000 + now.UtcDateTime.Month * 10_000 + now.UtcDateTime.Day * 100),
        _ => throw new ArgumentOutOfRangeException(nameof(policy)),
    };
}
