// A flood in other people's names: who is really there gets answers, and nobody is hit harder than the attacker could hit him himself.

using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using AltoDns.Harness;
using AltoDns.Harness.Network;
using AltoDns.Interop.Tests.Xdp;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Testing;

namespace AltoDns.Interop.Tests.Protection;

/// <summary>Attacker, victims and an honest client in one of the victims' networks share the client's end of a cable.</summary>
public sealed class RateLimitFloodTests
{
    private const int FloodRate = 15_000;
    private const int Names = 2_000;
    private const int Questions = 400;
    private const int AtOnce = 20;

    private static readonly IPAddress HonestClient = IPAddress.Parse("198.18.0.9");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Honest_client_is_answered_and_no_more_comes_back_than_went_in(bool keepsCookies)
    {
        await using var network = await MakeNetworkAsync();
        using var folder = new TemporaryFolder();
        await using var server = await XdpServer.StartAsync(network, Arguments(folder, "--rate-limit"));
        var client = new PatientClient(network.Client, HonestClient, XdpServer.Endpoint, keepsCookies);
        var before = await ReadTrafficAsync(network);
        int answered;
        long forged;
        using (var flood = new ForgedFlood(network.Client, VethPair.ServerAddress, FloodRate, NextForged))
        {
            await WaitForFloodAsync(flood, seconds: 2);
            answered = await AskAllAsync(client);
            await WaitForFloodAsync(flood, seconds: 5);
            forged = flood.Sent;
        }

        var after = await ReadTrafficAsync(network);
        var (sent, received) = (after.Sent - before.Sent, after.Received - before.Received);
        var figures = $"{answered} of {Questions} answered, {client.OverTcp} over TCP; {forged} forged questions; {sent} octets in, {received} back, {(double)received / sent:0.00}";
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        Assert.True(answered >= Questions * 0.99, figures);
        Assert.True(received <= sent, figures);
        Assert.True(keepsCookies || client.OverTcp > 0, figures);
    }

    /// <summary>Tells that the test above could fail.</summary>
    [Fact]
    public async Task More_comes_back_than_went_in_without_the_limit()
    {
        await using var network = await MakeNetworkAsync();
        using var folder = new TemporaryFolder();
        await using var server = await XdpServer.StartAsync(network, Arguments(folder));
        var before = await ReadTrafficAsync(network);
        using (var flood = new ForgedFlood(network.Client, VethPair.ServerAddress, FloodRate, NextForged))
        {
            await WaitForFloodAsync(flood, seconds: 2);
        }

        var after = await ReadTrafficAsync(network);
        Assert.True(after.Received - before.Received > 2 * (after.Sent - before.Sent), $"{before} {after}");
    }

    // A thousand octets of answer for some fifty of question, under many names, under made-up names, and for names that are not there.
    private static IEnumerable<string> Arguments(TemporaryFolder folder, params string[] options)
    {
        var text = new string('x', 200);
        var zone = new StringBuilder("$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 192.0.2.1\nhonest A 192.0.2.7\n");
        var data = string.Join(' ', Enumerable.Repeat($"\"{text}\"", 5));
        zone.Append(CultureInfo.InvariantCulture, $"*.wild TXT {data}\nbig TXT {data}\n");
        for (var i = 0; i < Names; i++)
        {
            zone.Append(CultureInfo.InvariantCulture, $"n{i} TXT {data}\n");
        }

        var file = Path.Combine(folder.Path, "example.zone");
        File.WriteAllText(file, zone.ToString());
        return ["--zone", $"example.={file}", "--state", Path.Combine(folder.Path, "state"), .. options];
    }

    private static (IPAddress Source, byte[] Message) NextForged(Random random)
    {
        var name = random.Next(4) switch
        {
            0 => "big.example.",
            1 => $"n{random.Next(Names)}.example.",
            2 => $"r{random.Next()}.wild.example.",
            _ => $"r{random.Next()}.example.",
        };
        var source = new IPAddress([198, 18, (byte)random.Next(2), (byte)random.Next(256)]);
        return (source, new Query(DomainName.Parse(name), RecordType.TXT) { UdpPayload = 4096, DnssecOk = true }.ToWire((ushort)random.Next(65536)));
    }

    private static async Task<VethPair> MakeNetworkAsync()
    {
        var network = await VethPair.CreateAsync();
        try
        {
            await NetworkNamespace.IpAsync("-n", network.Server.Name, "route", "add", "198.18.0.0/15", "via", $"{VethPair.ClientAddress}");
            await NetworkNamespace.IpAsync("-n", network.Client.Name, "address", "add", $"{HonestClient}/32", "dev", "lo");
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    private static async Task<int> AskAllAsync(PatientClient client)
    {
        var answered = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Questions),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (index, _) =>
            {
                if (await client.AskAsync(DomainName.Parse("honest.example."), RecordType.A, (ushort)index))
                {
                    Interlocked.Increment(ref answered);
                }
            });
        return answered;
    }

    private static Task WaitForFloodAsync(ForgedFlood flood, int seconds)
    {
        var goal = flood.Sent + (FloodRate * seconds);
        return Eventually.IsTrue(() => flood.Sent >= goal, $"{goal} forged questions are sent");
    }

    // Octets at the client's end of the cable, Ethernet headers included.
    private static async Task<(long Sent, long Received)> ReadTrafficAsync(VethPair network)
    {
        var text = await NetworkNamespace.IpAsync("-n", network.Client.Name, "-s", "-j", "link", "show", "dev", VethPair.ClientInterface);
        using var json = JsonDocument.Parse(text);
        var statistics = json.RootElement[0].GetProperty("stats64");
        return (statistics.GetProperty("tx").GetProperty("bytes").GetInt64(), statistics.GetProperty("rx").GetProperty("bytes").GetInt64());
    }
}
