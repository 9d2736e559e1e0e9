// The configuration of a running server: read anew with the zones, taken over with them or not at all.

using AltoDns.Zones.Configuration;

namespace AltoDns.Server.Configuration;

/// <summary>The one mutable holder of the configuration. <see cref="Current"/> may be read from any thread; the rest is called by one at a time.</summary>
/// <param name="current">What the server started with.</param>
/// <param name="read">Reads the configuration anew; null, with the problems noted, where it has errors.</param>
public sealed class LiveConfiguration(ServerConfiguration current, Func<ProblemList, ServerConfiguration?> read)
{
    private readonly ServerConfiguration _started = current;
    private readonly List<Action<ServerConfiguration, ServerConfiguration>> _followers = [];
    private volatile ServerConfiguration _current = current;

    public ServerConfiguration Current => _current;

    /// <summary>Has somebody told, with what was before and what is now, once a new configuration is in force. To be called before the server starts.</summary>
    public void OnChange(Action<ServerConfiguration, ServerConfiguration> follow) => _followers.Add(follow);

    /// <summary>
    /// Reads the configuration anew; null, with the problems noted, where it has errors. One warning says what of it takes effect only
    /// at the next start.
    /// </summary>
    public ServerConfiguration? Reread(ProblemList problems)
    {
        if (_started.File is null)
        {
            return _current;
        }

        if (read(problems) is not { } next)
        {
            return null;
        }

        var fixedOnes = _started.Values.Differences(next.Values).Where(setting => !setting.IsLive).Select(setting => setting.Key).Order(StringComparer.Ordinal).ToList();
        if (fixedOnes.Count > 0)
        {
            var place = fixedOnes.Select(key => next.Values.Find(ServerSettings.All.First(setting => setting.Key == key))?.Position).FirstOrDefault(position => position is not null);
            problems.Warn(
                place ?? new SourcePosition(next.File!, 0, 0),
                $"{string.Join(", ", fixedOnes)} {(fixedOnes.Count == 1 ? "was" : "were")} changed, which takes effect at the next start.",
                "Restart the server, or undo the change.");
        }

        return next;
    }

    /// <summary>Puts a configuration in force that <see cref="Reread"/> returned.</summary>
    public void Adopt(ServerConfiguration next)
    {
        if (ReferenceEquals(next, _current))
        {
            return;
        }

        var before = _current;
        _current = next;
        _followers.ForEach(follow => follow(before, next));
    }
}
