// A primary inside the test that answers SOA, IXFR and AXFR over TCP, honestly or as badly as the test wants.

using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Server.Access;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Server.Tests.Transfers.Incoming;

/// <summary>What is done to an answer before it is sent: null in place of a message cuts the connection, an empty one stalls.</summary>
/// <param name="type">The question's type.</param>
/// <param name="messages">The honest answer, without lengths.</param>
internal delegate IEnumerable<byte[]?> Tampering(RecordType type, IEnumerable<byte[]> messages);

internal sealed class ScriptedPrimary : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<DomainName, List<ZoneSnapshot>> _zones = [];
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;
    private int _running;

    public ScriptedPrimary()
    {
        _listener.Start(2000);
        _accepting = AcceptAsync();
    }

    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    public Peer Peer => new(Endpoint, Key?.Name);

    public TsigKey? Key { get; init; }

    /// <summary>Seconds since 1970 by which answers are signed.</summary>
    public Func<ulong> Clock { get; init; } = () => 0;

    public int RecordsPerMessage { get; init; } = 3;

    public volatile Tampering? Tamper;

    /// <summary>Whether connections are dropped as soon as they come, as if the network were cut.</summary>
    public volatile bool IsCutOff;

    public ConcurrentQueue<(RecordType Type, DomainName Zone)> Asked { get; } = [];

    /// <summary>The most transfers that ran at once.</summary>
    public int MostRunning { get; private set; }

    public void Publish(ZoneSnapshot version)
    {
        var versions = _zones.GetOrAdd(version.Origin, _ => []);
        lock (versions)
        {
            versions.Add(version);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                _connections.Add(Task.Run(() => ServeAsync(client)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                while (!IsCutOff)
                {
                    var prefix = new byte[2];
                    await stream.ReadExactlyAsync(prefix, _stopping.Token);
                    var request = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
                    await stream.ReadExactlyAsync(request, _stopping.Token);
                    if (!await AnswerAsync(stream, request))
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException)
        {
            // The client has gone, or the test is over.
        }
    }

    private async Task<bool> AnswerAsync(NetworkStream stream, byte[] request)
    {
        MessageHeader.TryRead(request, out var header);
        var reader = new WireReader(request);
        reader.TryReadOctets(MessageHeader.Length, out _);
        Assert.True(Question.TryRead(ref reader, out var question));
        uint? present = null;
        if (header.AuthorityCount == 1 && ResourceRecord.TryRead(ref reader, out var soa))
        {
            present = ((SoaData)soa.Data).Serial;
        }

        Asked.Enqueue((question.Type, question.Name));
        TsigResponder? signature = null;
        if (Key is not null && TsigRecord.Find(request, out var record, out var start) == TsigPresence.Present)
        {
            signature = TsigResponder.Verify(request, record, start, new Dictionary<DomainName, TsigKey> { [Key.Name] = Key }, Clock());
        }

        var isTransfer = question.Type != RecordType.SOA;
        MostRunning = Math.Max(MostRunning, Interlocked.Add(ref _running, isTransfer ? 1 : 0));
        try
        {
            var honest = Messages(header.Id, question, present);
            foreach (var message in Tamper?.Invoke(question.Type, honest) ?? honest)
            {
                if (message is null || IsCutOff)
                {
                    return false;
                }

                if (message.Length == 0)
                {
                    await Task.Delay(Timeout.Infinite, _stopping.Token);
                }

                var buffer = new byte[2 + message.Length + 512];
                message.CopyTo(buffer, 2);
                var length = signature?.Sign(buffer.AsSpan(2), message.Length, Clock()) ?? message.Length;
                BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)length);
                await stream.WriteAsync(buffer.AsMemory(0, 2 + length), _stopping.Token);
            }
        }
        finally
        {
            Interlocked.Add(ref _running, isTransfer ? -1 : 0);
            signature?.Dispose();
        }

        return true;
    }

    private IEnumerable<byte[]> Messages(ushort id, Question question, uint? present)
    {
        if (!_zones.TryGetValue(question.Name, out var versions))
        {
            return [Message(id, question, ResponseCode.Refused, [])];
        }

        ZoneSnapshot[] all;
        lock (versions)
        {
            all = [.. versions];
        }

        var records = Records(question.Type, all, present);
        return records.Chunk(RecordsPerMessage).Select(chunk => Message(id, question, ResponseCode.NoError, chunk));
    }

    private static IEnumerable<DeltaRecord> Records(RecordType type, ZoneSnapshot[] versions, uint? present)
    {
        var newest = versions[^1];
        var whole = ZoneExporter.Records(newest).Select(record => new DeltaRecord(record.Owner, record.Data.RecordType, record.TimeToLive, record.Data.ToWire())).ToList();
        if (type == RecordType.SOA || present == newest.Serial)
        {
            return whole.Take(1);
        }

        var known = present is null ? -1 : Array.FindIndex(versions, version => version.Serial == present);
        if (type == RecordType.AXFR || known < 0)
        {
            return [.. whole, whole[0]];
        }

        var deltas = Enumerable.Range(known, versions.Length - 1 - known).Select(i => ZoneDelta.Between(versions[i], versions[i + 1]));
        return [whole[0], .. deltas.SelectMany(delta => delta.Removed.Concat(delta.Added)), whole[0]];
    }

    private static byte[] Message(ushort id, Question question, ResponseCode code, IReadOnlyList<DeltaRecord> records)
    {
        var buffer = new byte[ushort.MaxValue];
        new MessageHeader(id, MessageFlags.Response | MessageFlags.Authoritative, Opcode.Query, code, 1, (ushort)records.Count, 0, 0).Write(buffer);
        var writer = new WireWriter(buffer.AsSpan(MessageHeader.Length));
        question.Write(ref writer);
        foreach (var record in records)
        {
            writer.WriteName(record.Owner, RdataName.Verbatim);
            writer.WriteUInt16((ushort)record.Type);
            writer.WriteUInt16((ushort)RecordClass.Internet);
            writer.WriteUInt32(record.TimeToLive);
            writer.WriteUInt16((ushort)record.Data.Length);
            writer.WriteOctets(record.Data.Span);
        }

        return buffer[..(MessageHeader.Length + writer.Position)];
    }
}
