// Those who watch single questions: what they are told, and that nobody waits for them.

using System.Net;
using System.Text;
using AltoDns.Server.Answering;
using AltoDns.Server.Observing.Tap;
using AltoDns.Server.Tests.Support;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Observing;

public sealed class TapTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-tap-").FullName;

    private string SocketPath => Path.Combine(_folder, "dnstap.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Tells_a_dnstap_reader_of_each_question_and_answer()
    {
        await using var reader = new DnstapReader(SocketPath);
        var (tap, service) = MakeDnstap(out _);
        await service.StartAsync(CancellationToken.None);
        Ask(tap, "198.51.100.7", 4711, Transport.Udp, isEncrypted: false, id: 1);
        Ask(tap, "2001:db8::7", 4712, Transport.Tcp, isEncrypted: true, id: 2);
        Ask(tap, "198.51.100.7", 4713, Transport.Tcp, isEncrypted: false, id: 3, answers: false);
        await Eventually.IsTrue(() => reader.Messages.Count == 5, "all messages have come");
        await service.StopAsync(CancellationToken.None);

        var messages = reader.Messages.ToArray();
        Assert.Equal([1UL, 2UL, 1UL, 2UL, 1UL], messages.Select(message => message[101]));
        Assert.Equal([1UL, 1UL, 2UL, 2UL, 1UL], messages.Select(message => message[102]));
        Assert.Equal([1UL, 1UL, 3UL, 3UL, 2UL], messages.Select(message => message[103]));
        Assert.Equal([4711UL, 4711UL, 4712UL, 4712UL, 4713UL], messages.Select(message => message[106]));
        Assert.All(messages, message =>
        {
            Assert.Equal("ns1", Encoding.UTF8.GetString((byte[])message[1]));
            Assert.Equal(1UL, message[15]);
            Assert.Equal(1_750_000_000UL, message[108]);
            Assert.Equal(250_000_000u, BitConverter.ToUInt32((byte[])message[109]));
        });
        Assert.Equal(IPAddress.Parse("198.51.100.7").GetAddressBytes(), messages[0][104]);
        Assert.Equal(IPAddress.Parse("2001:db8::7").GetAddressBytes(), messages[2][104]);
        Assert.Equal(TestServer.Query(1), messages[0][110]);
        Assert.Equal(TestServer.Answer(1), messages[1][114]);
        Assert.Equal((5, 0), (tap.Counters.DnstapSent, tap.Counters.DnstapDropped));
        await Eventually.IsTrue(() => reader.Finished == 1, "the stream was ended as agreed");
    }

    [Fact]
    public async Task Comes_back_when_the_reader_was_away()
    {
        var (tap, service) = MakeDnstap(out var log);
        await service.StartAsync(CancellationToken.None);
        await Eventually.IsTrue(() => log.Entries.Any(entry => entry.Id == 1951), "the missing reader is logged");
        Ask(tap, "198.51.100.7", 4711, Transport.Udp, isEncrypted: false, id: 1);
        await using (var first = new DnstapReader(SocketPath))
        {
            await Eventually.IsTrue(() => first.Messages.Count == 2, "what came before the reader is sent");
        }

        await using var second = new DnstapReader(SocketPath);
        ushort id = 2;
        await Eventually.IsTrue(
            () =>
            {
                // The first after the break may be lost with the connection.
                Ask(tap, "198.51.100.7", 4711, Transport.Udp, isEncrypted: false, id++);
                return !second.Messages.IsEmpty;
            },
            "the second reader is told");
        await service.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Does_not_send_to_who_takes_something_else()
    {
        await using var reader = new DnstapReader(SocketPath, contentType: "protobuf:other");
        var (_, service) = MakeDnstap(out var log);
        await service.StartAsync(CancellationToken.None);
        await Eventually.IsTrue(() => log.Entries.Any(entry => entry.Id == 1951), "the disagreement is logged");
        await service.StopAsync(CancellationToken.None);

        Assert.Empty(reader.Messages);
    }

    [Fact]
    public void Drops_and_counts_what_nobody_takes()
    {
        var tap = new QueryTap(new TapOptions { DnstapSocket = SocketPath }, TestServer.Echo);
        for (var i = 0; i < 20_000; i++)
        {
            Ask(tap, "198.51.100.7", 4711, Transport.Udp, isEncrypted: false, id: (ushort)i);
        }

        Assert.Equal(20_000 - 16_384, tap.Counters.DnstapDropped);
    }

    [Fact]
    public void Passes_on_without_allocation()
    {
        var tap = new QueryTap(new TapOptions { DnstapSocket = SocketPath, SampleOneIn = 3 }, TestServer.Echo);
        var request = TestServer.Query(1);
        var response = new byte[512];
        byte[] client = [198, 51, 100, 7];
        Assert.Equal(0, Allocation.PerRound(Repeat));

        void Repeat()
        {
            for (var i = 0; i < 100; i++)
            {
                tap.Process(request, response, new QueryContext { Transport = Transport.Udp, ClientAddress = client, UnixTime = 1 });
            }
        }
    }

    [Fact]
    public void Ring_keeps_every_entry_of_many_threads_in_one_piece()
    {
        const int Threads = 4;
        const int Each = 20_000;
        var ring = new TapRing(64);
        var taken = 0;
        using var done = new ManualResetEventSlim();
        var writers = Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            var octets = new byte[40];
            octets.AsSpan().Fill((byte)(thread + 1));
            for (var i = 0; i < Each; i++)
            {
                ring.Add(octets, octets, new QueryContext { Transport = Transport.Udp, ClientAddress = [1, 2, 3, 4], UnixTime = 1 });
            }
        })).ToList();
        var reader = new Thread(() =>
        {
            while (!done.IsSet || ring.Peek() is not null)
            {
                if (ring.Peek() is { } entry)
                {
                    Assert.True(entry.Request.Length == 40 && entry.Request.IndexOfAnyExcept(entry.Request[0]) < 0);
                    Assert.True(entry.Response.SequenceEqual(entry.Request));
                    ring.Release();
                    taken++;
                }
            }
        });
        reader.Start();
        writers.ForEach(writer => writer.Start());
        writers.ForEach(writer => writer.Join());
        done.Set();
        reader.Join();

        Assert.Equal(Threads * Each, taken + ring.Dropped);
        Assert.True(taken > 0);
    }

    [Fact]
    public async Task Logs_one_question_in_so_many()
    {
        var file = Path.Combine(_folder, "queries");
        var options = new TapOptions { SampleOneIn = 4, SampleFile = file };
        var tap = new QueryTap(options, TestServer.Echo);
        var service = new QueryLogService(tap, options, TimeProvider.System, new LogRecorder<QueryLogService>());
        await service.StartAsync(CancellationToken.None);
        for (ushort i = 0; i < 40; i++)
        {
            Ask(tap, "2001:db8::7", 4711, Transport.Tcp, isEncrypted: true, i);
        }

        await Eventually.IsTrue(() => tap.Counters.SampleLogged == 10, "ten are written");
        await service.StopAsync(CancellationToken.None);
        var lines = await File.ReadAllLinesAsync(file);
        Assert.Equal(10, lines.Length);
        Assert.All(lines, line => Assert.Equal("2025-06-15T15:06:40.250Z [2001:db8::7]:4711 tls no question NOERROR 12", line));
    }

    [Fact]
    public void Describes_a_question_on_one_line()
    {
        byte[] request = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, (byte)'a', (byte)'\n', (byte)'b', 0, 0, 35, 0, 1];
        var entry = new TapEntry();
        entry.Fill(request, [], new QueryContext { Transport = Transport.Udp, ClientAddress = [192, 0, 2, 1], ClientPort = 53, UnixTime = 0 });

        Assert.Equal(@"1970-01-01T00:00:00.000Z 192.0.2.1:53 udp a\010b. NAPTR no answer", QueryLogService.Describe(entry));
    }

    private static void Ask(QueryTap tap, string client, ushort port, Transport transport, bool isEncrypted, ushort id, bool answers = true)
    {
        var context = new QueryContext
        {
            Transport = transport,
            ClientAddress = IPAddress.Parse(client).GetAddressBytes(),
            ClientPort = port,
            IsEncrypted = isEncrypted,
            UnixTime = 1_750_000_000,
            Milliseconds = 250,
        };

        // A handler that stays silent leaves nothing to pass on but the question.
        Assert.Equal(answers ? 12 : 0, tap.Process(answers ? TestServer.Query(id) : [1, 2, 3], new byte[512], context));
    }

    private (QueryTap Tap, DnstapService Service) MakeDnstap(out LogRecorder<DnstapService> log)
    {
        log = new LogRecorder<DnstapService>();
        var options = new TapOptions { DnstapSocket = SocketPath, Identity = "ns1" };
        var tap = new QueryTap(options, (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
            request.Length < 12 ? 0 : TestServer.Echo(request, response, context));
        return (tap, new DnstapService(tap, options, TimeProvider.System, log));
    }
}
