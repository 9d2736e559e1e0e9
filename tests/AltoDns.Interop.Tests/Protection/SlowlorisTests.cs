// Thousands of connections that do nothing: everybody else is served, over UDP and TCP.

using System.Globalization;
using System.Net.Sockets;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Testing;

namespace AltoDns.Interop.Tests.Protection;

/// <summary>Traffic over the loopback interface.</summary>
public sealed class SlowlorisTests
{
    /// <summary>How many connections the attacker holds; docs/testing.md has the command for 10,000.</summary>
    private const string CountVariable = "ALTODNS_SLOWLORIS";

    private const int UsualCount = 2_000;
    private const int Questions = 100;
    private const int Tries = 3;

    private static readonly Query Question = new(DomainName.Parse("www.example."), RecordType.A);

    /// <summary>With fewer places than the attacker wants, and with more than he can take.</summary>
    [Theory]
    [InlineData(1_024)]
    [InlineData(16_384)]
    public async Task Others_are_served(int maxConnections)
    {
        var count = int.Parse(Environment.GetEnvironmentVariable(CountVariable) ?? $"{UsualCount}", CultureInfo.InvariantCulture);
        using var folder = new TemporaryFolder();
        var zone = Path.Combine(folder.Path, "example.zone");
        await File.WriteAllTextAsync(zone, "@ 60 SOA ns hostmaster 1 3600 600 86400 60\n@ 60 NS ns\nns 60 A 192.0.2.1\nwww 60 A 192.0.2.2\n");
        var configuration = Path.Combine(folder.Path, "altodns.yaml");
        await File.WriteAllTextAsync(configuration, $"tcp: {{ max-connections: {maxConnections} }}\nzones: {{ example.: example.zone }}\nstate: state\n");
        await using var server = await AltoDnsServer.StartAsync(["--config", configuration], [new ServedZone(DomainName.Parse("example."), zone)]);
        await using var attack = new SlowConnections(server.Endpoint, count);
        await attack.Complete.WaitAsync(Eventually.Patience * 4);

        var (udp, tcp) = (0, 0);
        for (var i = 0; i < Questions; i++)
        {
            udp += IsRight(await server.Client.AskAsync(Question)) ? 1 : 0;
            tcp += await TryAskByTcpAsync(server.Client) ? 1 : 0;
        }

        var figures = $"{udp} of {Questions} over UDP and {tcp} over TCP while {count} connections are held, {attack.Opened} opened in all";
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        Assert.True(udp == Questions && tcp >= Questions * 0.99, $"{figures}\n{server.Log}");
    }

    // A connection that is closed to make room is opened anew, as resolvers do.
    private static async Task<bool> TryAskByTcpAsync(DnsClient client)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            try
            {
                return IsRight(await client.AskByTcpAsync(Question));
            }
            catch (Exception exception) when (exception is TimeoutException or SocketException or IOException)
            {
            }
        }

        return false;
    }

    private static bool IsRight(Answer answer) => answer is { ResponseCode: ResponseCode.NoError, Answers.Count: 1 };
}
