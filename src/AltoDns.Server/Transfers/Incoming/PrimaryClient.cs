// What is asked of a primary: its SOA record, then the zone or what changed in it.

using System.Buffers;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Server.Access;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Server.Transfers.Incoming;

/// <summary>What a transfer came to.</summary>
/// <param name="Snapshot">Checked; null where there is no later version.</param>
/// <param name="Changes">What led to it from the version before; null where it came as a whole.</param>
/// <param name="Octets">Of all messages.</param>
internal sealed record TransferOutcome(ZoneSnapshot? Snapshot, IReadOnlyList<ZoneIncrement>? Changes, long Octets);

/// <summary>One connection to one primary for one zone. Failures are <see cref="TransferException"/>s. Not safe for several threads.</summary>
internal sealed class PrimaryClient : IAsyncDisposable
{
    private const int RequestRoom = 2048;

    // Octets after which memory is worth a thought.
    private const long ManyOctets = 8 << 20;

    private readonly PrimaryConnection _connection;
    private readonly TsigKey? _key;
    private readonly TimeProvider _timeProvider;
    private readonly byte[] _data = ArrayPool<byte>.Shared.Rent(DomainName.MaxLength + RecordData.MaxLength);
    private ushort _id;

    private PrimaryClient(Peer peer, PrimaryConnection connection, TsigKey? key, TimeProvider timeProvider)
    {
        Peer = peer;
        _connection = connection;
        _key = key;
        _timeProvider = timeProvider;
        _id = (ushort)Random.Shared.Next(ushort.MaxValue);
    }

    public Peer Peer { get; }

    private ulong UnixTime => (ulong)_timeProvider.GetUtcNow().ToUnixTimeSeconds();

    public static async Task<PrimaryClient> ConnectAsync(
        Peer peer, IReadOnlyDictionary<DomainName, TsigKey> keys, TransferLimits limits, TimeProvider timeProvider, CancellationToken cancellation)
    {
        TsigKey? key = null;
        if (peer.Key is { } name && !keys.TryGetValue(name, out key))
        {
            throw new TransferException($"there is no TSIG key {name}");
        }

        return new PrimaryClient(peer, await PrimaryConnection.OpenAsync(peer, limits, timeProvider, cancellation), key, timeProvider);
    }

    /// <summary>The serial that the primary has.</summary>
    public async Task<uint> AskSerialAsync(DomainName origin, CancellationToken cancellation)
    {
        using var signature = await RequestAsync(origin, RecordType.SOA, present: null, cancellation);
        var message = await ReceiveAsync(signature, cancellation);
        RequireSigned(signature);
        return ReadSerial(message.Span, origin);
    }

    /// <summary>Transfers a zone and checks it.</summary>
    /// <param name="present">The version that is here, for an incremental transfer; null for the whole zone.</param>
    /// <param name="maxSize">Octets that are taken.</param>
    /// <exception cref="BrokenDeltaException">The whole zone should be asked for.</exception>
    public async Task<TransferOutcome> TransferAsync(DomainName origin, ZoneSnapshot? present, long maxSize, CancellationToken cancellation)
    {
        var before = _connection.Received;
        using var signature = await RequestAsync(origin, present is null ? RecordType.AXFR : RecordType.IXFR, present, cancellation);
        var assembler = new TransferAssembler(origin, present?.Serial, maxSize);
        var isFirst = true;
        var collected = before;
        while (!assembler.IsComplete)
        {
            var message = await ReceiveAsync(signature, cancellation);
            if (_connection.Received - before > maxSize)
            {
                throw new TransferException($"it is larger than {maxSize} octets");
            }

            Take(message.Span, origin, assembler, isFirst, present is not null);
            isFirst = false;
            if (_connection.Received - collected > Math.Max(ManyOctets, (collected - before) / 4) || (assembler.IsComplete && collected > before))
            {
                // Arrays that were outgrown would lie beside those that took their place. There are few objects to look at.
                collected = _connection.Received;
                GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: false);
            }
        }

        RequireSigned(signature);
        var octets = _connection.Received - before;
        return assembler.Kind switch
        {
            TransferKind.UpToDate => new TransferOutcome(null, null, octets),
            TransferKind.Incremental => new TransferOutcome(
                ZoneIncrement.Apply(present!, assembler.Changes, out var fault) ?? throw new BrokenDeltaException(fault!), assembler.Changes, octets),
            _ => new TransferOutcome(Check(assembler.Zone!), null, octets),
        };
    }

    public ValueTask DisposeAsync()
    {
        ArrayPool<byte>.Shared.Return(_data);
        return _connection.DisposeAsync();
    }

    /// <summary>Sends a request and returns what verifies the answers; null where the peer has no key.</summary>
    private async Task<TsigRequester?> RequestAsync(DomainName origin, RecordType type, ZoneSnapshot? present, CancellationToken cancellation)
    {
        var framed = new byte[RequestRoom + (_key is null ? 0 : DomainName.MaxLength * 2 + TsigAlgorithms.MaxMacLength)];
        var signature = _key is null ? null : new TsigRequester(_key);
        try
        {
            var length = WriteRequest(framed.AsSpan(sizeof(ushort)), origin, type, present);
            length = signature?.Sign(framed.AsSpan(sizeof(ushort)), length, UnixTime) ?? length;
            await _connection.SendAsync(framed.AsMemory(0, sizeof(ushort) + length), cancellation);
            return signature;
        }
        catch
        {
            signature?.Dispose();
            throw;
        }
    }

    private int WriteRequest(Span<byte> message, DomainName origin, RecordType type, ZoneSnapshot? present)
    {
        _id++;
        new MessageHeader(_id, MessageFlags.None, Opcode.Query, ResponseCode.NoError, 1, 0, (ushort)(present is null ? 0 : 1), 0).Write(message);
        var body = message[MessageHeader.Length..];
        var writer = new WireWriter(body);
        new Question(origin, type, RecordClass.Internet).Write(ref writer);
        if (present is not null)
        {
            // RFC 1995 §3: the version that is here.
            ref readonly var soa = ref present.RRset(present.SoaRRset);
            var data = present.DataOf(soa)[sizeof(ushort)..];
            writer.WriteName(origin, RdataName.Verbatim);
            writer.WriteUInt16((ushort)RecordType.SOA);
            writer.WriteUInt16((ushort)RecordClass.Internet);
            writer.WriteUInt32(soa.TimeToLive);
            writer.WriteUInt16((ushort)data.Length);
            writer.WriteOctets(data);
        }

        return MessageHeader.Length + writer.Position;
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(TsigRequester? signature, CancellationToken cancellation)
    {
        var message = await _connection.ReceiveAsync(cancellation);
        var verdict = signature?.Verify(message.Span, UnixTime) ?? TsigVerdict.Verified;
        return verdict switch
        {
            TsigVerdict.Verified or TsigVerdict.Pending => message,
            TsigVerdict.Unsigned when CodeOf(message.Span) is not ResponseCode.NoError and var code => throw new TransferException($"it answered {code.Mnemonic()}, unsigned"),
            TsigVerdict.Unsigned => throw new TransferException("its answer is not signed"),
            TsigVerdict.Rejected => throw new TransferException($"it does not accept our signature: {signature!.ServerError}"),
            TsigVerdict.BadTime => throw new TransferException("its answer was signed at another time; compare the clocks"),
            TsigVerdict.BadSignature => throw new TransferException("the signature of its answer is bad"),
            _ => throw new TransferException("the signature of its answer is misshapen"),
        };
    }

    private static void RequireSigned(TsigRequester? signature)
    {
        // RFC 8945 §5.3.1: what came after the last signature is worth nothing.
        if (signature is { IsComplete: false })
        {
            throw new TransferException("its last message is not signed");
        }
    }

    private uint ReadSerial(ReadOnlySpan<byte> message, DomainName origin)
    {
        var reader = new WireReader(message);
        var header = ReadHeader(ref reader, message, origin, isFirst: true);
        if (header.ResponseCode != ResponseCode.NoError)
        {
            throw new TransferException($"it answered {header.ResponseCode.Mnemonic()} when asked for the zone's SOA record");
        }

        if ((header.Flags & MessageFlags.Authoritative) == 0)
        {
            throw new TransferException("it is not authoritative for the zone");
        }

        for (var i = 0; i < header.AnswerCount; i++)
        {
            if (!TransferRecord.TryRead(ref reader, _data, out var record))
            {
                break;
            }

            if (record.Type == RecordType.SOA && WireName.EqualsIgnoreCase(record.Owner, origin.Wire))
            {
                var data = WireReader.OverData(record.Data);
                return SoaData.TryRead(ref data, out var soa) ? soa.Serial : throw new TransferException("its SOA record is misshapen");
            }
        }

        throw new TransferException("its answer has no SOA record of the zone");
    }

    private void Take(ReadOnlySpan<byte> message, DomainName origin, TransferAssembler assembler, bool isFirst, bool isIncremental)
    {
        var reader = new WireReader(message);
        var header = ReadHeader(ref reader, message, origin, isFirst);
        if (header.ResponseCode != ResponseCode.NoError)
        {
            // RFC 1995 §2: a server that cannot do this may be able to send the whole.
            var fault = $"it answered {header.ResponseCode.Mnemonic()}";
            throw isIncremental ? new BrokenDeltaException(fault) : new TransferException(fault);
        }

        for (var i = 0; i < header.AnswerCount; i++)
        {
            if (!TransferRecord.TryRead(ref reader, _data, out var record))
            {
                throw new TransferException("a record of it is misshapen");
            }

            assembler.Take(record);
        }

        assembler.EndMessage();
    }

    private MessageHeader ReadHeader(ref WireReader reader, ReadOnlySpan<byte> message, DomainName origin, bool isFirst)
    {
        if (!MessageHeader.TryRead(message, out var header) || !reader.TryReadOctets(MessageHeader.Length, out _)
            || header.Id != _id || (header.Flags & MessageFlags.Response) == 0 || header.Opcode != Opcode.Query
            || (header.Flags & MessageFlags.Truncated) != 0 || header.QuestionCount > 1)
        {
            throw new TransferException("what it sent is no answer to the request");
        }

        // RFC 5936 §2.2.1: later messages may leave the question out, and so may errors.
        if (header.QuestionCount == 1 && (!Question.TryRead(ref reader, out var question) || question.Name != origin))
        {
            throw new TransferException("it answered another question");
        }

        return header.QuestionCount == 1 || !isFirst || header.ResponseCode != ResponseCode.NoError
            ? header
            : throw new TransferException("its answer repeats no question");
    }

    private static ResponseCode CodeOf(ReadOnlySpan<byte> message) => MessageHeader.TryRead(message, out var header) ? header.ResponseCode : ResponseCode.FormatError;

    // As strict as for zones that come in files.
    private static ZoneSnapshot Check(ZoneBuilder zone)
    {
        var problems = new ProblemList();
        ZoneChecker.Check(new ZoneDraft(zone, zone.Origin.ToString(), problems));
        return problems.HasErrors
            ? throw new TransferException($"the zone has errors: {problems.All.First(problem => problem.Severity == Severity.Error).Fault.TrimEnd('.')}")
            : zone.Freeze();
    }
}
