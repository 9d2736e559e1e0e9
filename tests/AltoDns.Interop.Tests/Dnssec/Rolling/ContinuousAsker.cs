// Asks a validating resolver about zones without a pause and keeps every answer that is not as it should be.

using System.Buffers.Binary;
using AltoDns.Harness;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Dnssec.Rolling;

/// <param name="wasAway">Whether the servers were unreachable a short time ago.</param>
/// <param name="controlSocket">Where the resolver, unbound, takes commands.</param>
internal sealed class ContinuousAsker(RunningServer resolver, IReadOnlyList<RollingZone> zones, Func<bool> wasAway, string controlSocket)
{
    private const int MostFaults = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly HashSet<RollingZone> _secure = [];
    private readonly List<string> _faults = [];

    /// <summary>Answers so far, and how many of them were authenticated.</summary>
    public int Answers { get; private set; }

    public int Authenticated { get; private set; }

    /// <summary>Questions that could not be answered as the server was away, which is nobody's fault; not among <see cref="Answers"/>.</summary>
    public int Unreached { get; private set; }

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
            if (wasAway())
            {
                // It would give the server up for minutes, and take its keys for missing, and the roll-over would pass unwatched.
                await UnboundServer.ControlAsync(controlSocket, "flush_infra all");
                await UnboundServer.ControlAsync(controlSocket, "flush_bogus");
            }
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

    // Unbound says of what is bogus why it is (RFC 8914), and of what it cannot reach at most that it lacks keys.
    private bool IsUnreached(Answer? answer) => wasAway()
        && (answer is null || (answer.ResponseCode == ResponseCode.ServerFailure && ErrorOf(answer) is null or ExtendedErrorCode.DnskeyMissing or ExtendedErrorCode.NoReachableAuthority or ExtendedErrorCode.NetworkError));

    private static ExtendedErrorCode? ErrorOf(Answer answer)
    {
        if (answer.Option?.Data is not UnknownData { Octets.Span: var octets })
        {
            return null;
        }

        while (octets.Length >= 4)
        {
            var (code, length) = (BinaryPrimitives.ReadUInt16BigEndian(octets), BinaryPrimitives.ReadUInt16BigEndian(octets[2..]));
            if (code == (ushort)EdnsOptionCode.ExtendedError)
            {
                return (ExtendedErrorCode)BinaryPrimitives.ReadUInt16BigEndian(octets[4..]);
            }

            octets = octets[(4 + length)..];
        }

        return null;
    }

    private void Check(RollingZone zone, (string Name, RecordType Type, bool HasData) question, bool mustBeSecure, Answer? answer)
    {
        if (IsUnreached(answer))
        {
            Unreached++;
            return;
        }

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
