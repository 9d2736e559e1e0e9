// Asks a validating resolver about zones without a pause and keeps every answer that is not as it should be.

using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Dnssec.Rolling;

internal sealed class ContinuousAsker(RunningServer resolver, IReadOnlyList<RollingZone> zones)
{
    private const int MostFaults = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly HashSet<RollingZone> _secure = [];
    private readonly List<string> _faults = [];

    /// <summary>Answers so far, and how many of them were authenticated.</summary>
    public int Answers { get; private set; }

    public int Authenticated { get; private set; }

    /// <summary>Wrong answers, each with its time.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_faults)
            {
                return [.. _faults];
            }
        }
    }

    /// <summary>From now on answers for a zone have to be authenticated.</summary>
    public void RequireSecure(RollingZone zone)
    {
        lock (_secure)
        {
            _secure.Add(zone);
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        // A server that was killed is back within seconds, and resolvers ask again.
        var client = resolver.PatientClient(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
        for (var round = 0; !cancellation.IsCancellationRequested; round++)
        {
            var asked = zones.SelectMany(zone => Questions(zone, round).Select(question => (zone, question, IsSecure: MustBeSecure(zone)))).ToList();
            var answers = await client.TryAskAsync([.. asked.Select(entry =>
                new Query(DomainName.Parse(entry.question.Name), entry.question.Type) { RecursionDesired = true, UdpPayload = 4096, DnssecOk = true })]);
            foreach (var ((zone, question, isSecure), answer) in asked.Zip(answers))
            {
                Check(zone, question, isSecure, answer);
            }

            await Task.Delay(Pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Each kind of answer, from caches and not.
    private static IEnumerable<(string Name, RecordType Type, bool HasData)> Questions(RollingZone zone, int round) =>
    [
        (zone.Origin, RecordType.DNSKEY, true),
        (zone.Origin, RecordType.SOA, true),
        (zone.Origin, RecordType.MX, false),
        (zone.HostName(round), RecordType.NAPTR, true),
        (zone.HostName(round), (RecordType)(1000 + (round % 20_000)), false),
        ($"peer{round}._peer.{zone.HostName(round)}", RecordType.NAPTR, true),
    ];

    private bool MustBeSecure(RollingZone zone)
    {
        lock (_secure)
        {
            return _secure.Contains(zone);
        }
    }

    private void Check(RollingZone zone, (string Name, RecordType Type, bool HasData) question, bool mustBeSecure, Answer? answer)
    {
        Answers++;
        var isSecure = answer?.Header.Flags.HasFlag(MessageFlags.AuthenticData) == true;
        Authenticated += isSecure ? 1 : 0;
        if (answer is { ResponseCode: ResponseCode.NoError } && answer.Answers.Any(record => record.Type == question.Type) == question.HasData && (isSecure || !mustBeSecure))
        {
            return;
        }

        lock (_faults)
        {
            if (_faults.Count < MostFaults)
            {
                _faults.Add($"{DateTimeOffset.UtcNow:HH:mm:ss.fff} {zone.Kind.Name}: {question}\n{answer?.ToString() ?? "no answer"}");
            }
        }
    }
}
