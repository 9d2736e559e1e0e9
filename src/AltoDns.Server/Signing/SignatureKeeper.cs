// Keeps the signatures of served zones in the state folder, so that the next start need not make them again.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Signing;

/// <summary>
/// A cache: a file that is missing, out of date or damaged costs time at the next start and nothing else. <see cref="Read"/> and
/// <see cref="Keep"/> are called one at a time; files are written by a thread of its own, one after another, until <see cref="Dispose"/>.
/// </summary>
/// <param name="folder">The state folder.</param>
public sealed class SignatureKeeper(string folder, TimeProvider timeProvider, ILogger<SignatureKeeper> logger) : IDisposable
{
    // A file is written at the start, and again when so many signatures, and one in so many, are not as in the file; fewer wait for the end of the program.
    private const int LeastMade = 16;
    private const int LeastShare = 10;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<DomainName, NotedZone> _noted = [];
    private readonly Dictionary<DomainName, Work> _waiting = [];
    private Thread? _writer;
    private string _files = "";
    private bool _isTidy;

    /// <summary>The signatures of an earlier run that these keys made; null where there are none to be used.</summary>
    public KeptSignatures? Read(DomainName origin, ZoneKeySet keys)
    {
        var file = new SignatureFile(folder, origin);
        var kept = file.Read(keys, out var fault);
        if (fault is not null)
        {
            logger.SignaturesNotUsed(file.Path, fault, file.PutAside() ?? file.Path);
        }

        return kept;
    }

    /// <summary>To be called for what is served now; each version was verified.</summary>
    internal void Keep(IReadOnlyCollection<ServedZone> zones)
    {
        lock (_gate)
        {
            foreach (var zone in zones)
            {
                Note(zone);
            }

            Forget(zones);
            StartWriter();
        }
    }

    /// <summary>Writes all that was signed since, so that the next start finds the very version that is served now. To be called when nothing signs any more.</summary>
    /// <param name="atMost">Then what is not written is given up.</param>
    public void Complete(TimeSpan atMost)
    {
        lock (_gate)
        {
            foreach (var (origin, noted) in _noted.Where(noted => noted.Value.Made > 0).ToList())
            {
                Request(noted.Zone);
                _noted[origin] = noted with { Made = 0 };
            }

            StartWriter();
        }

        _stopping.CancelAfter(atMost);
        Flush();
    }

    /// <summary>Waits until all that is to be written is written.</summary>
    internal void Flush() => Writer()?.Join();

    /// <summary>Gives up what is being written; the file before stays.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        Writer()?.Join();
    }

    private Thread? Writer()
    {
        lock (_gate)
        {
            return _writer;
        }
    }

    private void StartWriter()
    {
        if (_waiting.Count > 0 && _writer is null && !_stopping.IsCancellationRequested)
        {
            _writer = new Thread(WriteAll) { IsBackground = true, Name = "signatures" };
            _writer.Start();
        }
    }

    private void Note(ServedZone zone)
    {
        var origin = zone.Signed.Origin;
        var before = _noted.GetValueOrDefault(origin);
        if (before is not null && ReferenceEquals(before.Zone.Signed, zone.Signed))
        {
            return;
        }

        var made = (before?.Made ?? 0) + zone.Made;
        var least = before is null ? 1 : Math.Max(LeastMade, zone.Signed.RRsetCount / LeastShare);
        if (made >= least && Request(zone))
        {
            made = 0;
        }

        _noted[origin] = new NotedZone(zone, made);
    }

    private bool Request(ServedZone zone)
    {
        if (SignatureFileKey.Of(zone.Keys) is not { } keys)
        {
            return false;
        }

        _waiting[zone.Signed.Origin] = new Work(zone.Signed, keys);
        return true;
    }

    // Removes the files of zones that are signed here no more, and what an earlier run did not finish.
    private void Forget(IReadOnlyCollection<ServedZone> zones)
    {
        var names = zones.Select(zone => SignatureFile.FileNameOf(zone.Signed.Origin)).ToHashSet(StringComparer.Ordinal);
        var files = string.Join('/', names.Order(StringComparer.Ordinal));
        if (_isTidy && files == _files)
        {
            return;
        }

        var served = zones.Select(zone => zone.Signed.Origin).ToHashSet();
        foreach (var origin in _noted.Keys.Where(origin => !served.Contains(origin)).ToList())
        {
            _noted.Remove(origin);
            _waiting.Remove(origin);
        }

        var unfinished = _isTidy ? null : PrivateFile.TemporaryExtension;
        (_files, _isTidy) = (files, true);
        try
        {
            foreach (var path in Directory.Exists(SignatureFile.FolderOf(folder)) ? Directory.GetFiles(SignatureFile.FolderOf(folder)) : [])
            {
                var extension = Path.GetExtension(path);
                var name = extension is PrivateFile.TemporaryExtension or SignatureFile.DamagedExtension ? Path.GetFileNameWithoutExtension(path) : Path.GetFileName(path);
                if (!names.Contains(name) || extension == unfinished)
                {
                    File.Delete(path);
                }
            }
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception))
        {
            // Files that stay do no harm.
        }
    }

    private void WriteAll()
    {
        BackgroundWork.BeNice();
        while (TryTake() is { } work)
        {
            Write(work);
        }
    }

    private Work? TryTake()
    {
        lock (_gate)
        {
            foreach (var (origin, work) in _waiting)
            {
                _waiting.Remove(origin);
                return _stopping.IsCancellationRequested ? null : work;
            }

            _writer = null;
            return null;
        }
    }

    private void Write(Work work)
    {
        var file = new SignatureFile(folder, work.Zone.Origin);
        var began = timeProvider.GetTimestamp();
        try
        {
            file.Write(work.Zone, work.Keys, _stopping.Token);
            logger.SignaturesKept(work.Zone.Origin, file.Path, (long)timeProvider.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (OperationCanceledException)
        {
            // The file before is still good.
        }
        catch (Exception exception)
        {
            // Whatever it is, the zones are served all the same.
            logger.SignaturesNotKept(work.Zone.Origin, file.Path, PolicyContext.Reason(exception));
            TryAgainAtTheEnd(work.Zone.Origin);
        }
    }

    private void TryAgainAtTheEnd(DomainName origin)
    {
        lock (_gate)
        {
            if (_noted.TryGetValue(origin, out var noted))
            {
                _noted[origin] = noted with { Made = Math.Max(noted.Made, 1) };
            }
        }
    }

    /// <param name="Made">Signatures made since the file was written.</param>
    private sealed record NotedZone(ServedZone Zone, long Made);

    private sealed record Work(ZoneSnapshot Zone, IReadOnlyList<SignatureFileKey> Keys);
}
