// What is wrong with a signature is said as BIND says it; what is right dig and kdig verify.

using System.Buffers.Binary;
using System.Net.Sockets;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Interop.Tests.Transfers;

public sealed class TsigAnswerTests
{
    private const string Secret = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=";
    private const string ZoneText = "@ 60 SOA ns hostmaster 1 3600 600 86400 60\n@ 60 NS ns\nns 60 A 192.0.2.1\n";

    private static readonly DomainName Zone = DomainName.Parse("tsig.test.");
    private static readonly TsigAlgorithm[] Algorithms = Enum.GetValues<TsigAlgorithm>();
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Says_what_is_wrong_as_BIND_does()
    {
        using var folder = new TemporaryFolder();
        await using var bind = await StartBindAsync(folder);
        await using var altoDns = await StartAltoDnsAsync(folder);
        var differences = new List<string>();
        foreach (var (name, request) in Requests())
        {
            var (expected, actual) = (await AskAsync(bind, request()), await AskAsync(altoDns, request()));
            if (expected != actual)
            {
                differences.Add($"{name}: BIND {expected}, AltoDns {actual}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    // RFC 8945 §5.2.2.1: such a request is a format error. BIND says so, but returns a TSIG record with BADSIG, and NOTAUTH where there is no MAC at all.
    [Theory]
    [InlineData(15)]
    [InlineData(0)]
    public async Task Takes_a_MAC_of_an_impossible_length_for_a_format_error(int length)
    {
        using var folder = new TemporaryFolder();
        await using var altoDns = await StartAltoDnsAsync(folder);
        Assert.Equal("FormatError Absent", await AskAsync(altoDns, Request(Key(TsigAlgorithm.HmacSha256) with { MacLength = length })));
    }

    [Theory]
    [InlineData("dig")]
    [InlineData("kdig")]
    public async Task Signs_so_that_others_can_verify(string tool)
    {
        using var folder = new TemporaryFolder();
        await using var altoDns = await StartAltoDnsAsync(folder);
        foreach (var algorithm in Algorithms)
        {
            foreach (var type in new[] { "SOA", "A", "AXFR", "IXFR=0" })
            {
                var result = await ToolRunner.RunAsync(
                    tool, [$"@{altoDns.Endpoint.Address}", "-p", $"{altoDns.Endpoint.Port}", "-y", $"{algorithm.Mnemonic()}:{algorithm.Mnemonic()}:{Secret}", $"ns.{Zone}"[(type is "A" ? 0 : 3)..], type]);
                Assert.True(
                    result.ExitCode == 0 && result.Output.Contains("TSIG", StringComparison.Ordinal) && result.Output.Contains("192.0.2.1", StringComparison.Ordinal) != (type == "SOA")
                    && !(result.Output + result.Errors).Contains("WARNING: TSIG", StringComparison.OrdinalIgnoreCase)
                    && !(result.Output + result.Errors).Contains("could not be validated", StringComparison.Ordinal),
                    result.ToString());
            }
        }
    }

    private static IEnumerable<(string Name, Func<byte[]> Make)> Requests()
    {
        foreach (var algorithm in Algorithms)
        {
            yield return ($"good {algorithm}", () => Request(Key(algorithm)));
            yield return ($"wrong secret {algorithm}", () => Request(Key(algorithm) with { Secret = new byte[] { 1, 2 } }));
            yield return ($"half MAC {algorithm}", () => Request(Key(algorithm) with { MacLength = algorithm.LeastMacLength() }));
        }

        var key = Key(TsigAlgorithm.HmacSha256);
        yield return ("unknown key", () => Request(key with { Name = DomainName.Parse("other.") }));
        yield return ("other algorithm", () => Request(Key(TsigAlgorithm.HmacSha512) with { Name = key.Name }));
        yield return ("an hour late", () => Request(key, seconds: -3600));
        yield return ("an hour early", () => Request(key, seconds: 3600));
        yield return ("just in time", () => Request(key, seconds: -290));
        yield return ("unknown zone", () => Request(key, zone: DomainName.Parse("nowhere.test.")));
    }

    private static TsigKey Key(TsigAlgorithm algorithm) => new(DomainName.Parse(algorithm.Mnemonic()), algorithm, Convert.FromBase64String(Secret));

    private static byte[] Request(TsigKey key, int seconds = 0, DomainName? zone = null)
    {
        var buffer = new byte[512];
        new MessageHeader(0x4711, MessageFlags.None, Opcode.Query, ResponseCode.NoError, 1, 0, 0, 0).Write(buffer);
        var writer = new WireWriter(buffer.AsSpan(MessageHeader.Length));
        new Question(zone ?? Zone, RecordType.SOA, RecordClass.Internet).Write(ref writer);
        using var requester = new TsigRequester(key);
        return buffer[..requester.Sign(buffer, MessageHeader.Length + writer.Position, (ulong)DateTimeOffset.UtcNow.AddSeconds(seconds).ToUnixTimeSeconds())];
    }

    // All that a client can tell the outcome by.
    private static async Task<string> AskAsync(RunningServer server, byte[] request)
    {
        using var client = new UdpClient();
        client.Connect(server.Endpoint);
        await client.SendAsync(request);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var response = (await client.ReceiveAsync(limit.Token)).Buffer;
        MessageHeader.TryRead(response, out var header);
        var presence = TsigRecord.Find(response, out var record, out _);
        return presence == TsigPresence.Present
            ? $"{header.ResponseCode} {record.Error} MAC {record.Mac.Length} other {record.OtherData.Length} time {(BinaryPrimitives.ReadUInt16BigEndian(response) == record.OriginalId ? "same ID" : "other ID")}"
            : $"{header.ResponseCode} {presence}";
    }

    private static string KeyText() =>
        string.Concat(Algorithms.Select(algorithm => $"key \"{algorithm.Mnemonic()}\" {{ algorithm {algorithm.Mnemonic()}; secret \"{Secret}\"; }};\n"));

    private static async Task<RunningServer> StartAltoDnsAsync(TemporaryFolder folder)
    {
        var keys = folder.Write("keys.conf", KeyText());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        string[] arguments =
        [
            "--zone", $"{Zone}={folder.Write("altodns.zone", ZoneText)}", "--state", Path.Combine(folder.Path, "state"),
            "--tsig-key", keys, "--allow-weak-tsig", .. Algorithms.SelectMany(algorithm => new[] { "--allow-transfer", $"key:{algorithm.Mnemonic()}" }),
        ];
        return await AltoDnsServer.StartAsync(arguments, [new ServedZone(Zone, "")]);
    }

    private static Task<RunningServer> StartBindAsync(TemporaryFolder folder) => RunningServer.StartAsync(
        new ServerRecipe("BIND", ToolRunner.Require("named"), (own, port) => ["-g", "-n", "1", "-c", own.Write("named.conf", $$"""
            options {
              directory "{{own.Path}}"; pid-file none; lock-file none; session-keyfile none; managed-keys-directory "{{own.Path}}";
              listen-on port {{port}} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; dnssec-validation no; notify no; empty-zones-enable no;
            };
            controls { };
            {{KeyText()}}
            zone "{{Zone}}" { type primary; file "{{folder.Write("bind.zone", ZoneText)}}"; };
            """)]),
        [new ServedZone(Zone, "")],
        StartTimeout);
}
