// Asks a server every question of every scenario and compares the answers.

using System.Buffers.Binary;
using System.Net.Sockets;
using AltoDns.Harness;
using AltoDns.Testing;

namespace AltoDns.Interop.Tests.Answering;

internal static class ScenarioRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks all scenarios; each has a server of its own, as their zones have the same names.</summary>
    /// <param name="isOtherwise">Whether this server answers a question otherwise, for a known reason.</param>
    public static async Task AskAll(Func<IReadOnlyList<ServedZone>, Task<RunningServer>> start, Strictness strictness, Func<ScenarioQuestion, bool> isOtherwise)
    {
        var differences = new List<string>();
        foreach (var file in ScenarioReader.AllFiles)
        {
            var scenario = ScenarioReader.Read(file);
            using var folder = new TemporaryFolder();
            var zones = scenario.Zones.Select((zone, number) => new ServedZone(zone.Origin, folder.Write($"{number}.zone", Export(zone)))).ToList();
            await using var server = await start(zones);
            foreach (var question in scenario.Questions.Where(question => !isOtherwise(question)))
            {
                if (AnswerComparer.Compare(question, Ask(server, question), strictness) is { } difference)
                {
                    differences.Add(difference);
                }
            }
        }

        if (differences.Count > 0)
        {
            Assert.Fail(string.Concat(differences));
        }
    }

    private static string Export(ScenarioZone zone)
    {
        using var text = new StringWriter { NewLine = "\n" };
        zone.Export(text);
        return text.ToString();
    }

    private static AnswerMessage Ask(RunningServer server, ScenarioQuestion question)
    {
        var query = question.ToWire(id: 4711);
        using var socket = question.IsTcp
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        socket.Connect(server.Endpoint);
        var buffer = new byte[ushort.MaxValue];
        if (!question.IsTcp)
        {
            socket.Send(query);
            return AnswerMessage.Parse(buffer.AsSpan(0, socket.Receive(buffer)));
        }

        var length = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)query.Length);
        using var stream = new NetworkStream(socket);
        stream.Write([.. length, .. query]);
        stream.ReadExactly(length);
        var answer = buffer.AsSpan(0, BinaryPrimitives.ReadUInt16BigEndian(length));
        stream.ReadExactly(answer);
        return AnswerMessage.Parse(answer);
    }
}
