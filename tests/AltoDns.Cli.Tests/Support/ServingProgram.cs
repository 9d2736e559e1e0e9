// A running altodns serve: what it printed, what it answers, and signals to it.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Cli.Tests.Support;

/// <summary>Ends its process, by its own pid, when disposed of.</summary>
internal sealed partial class ServingProgram : IAsyncDisposable
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Terminate = 15;

    private readonly Process _process;
    private readonly List<string> _log = [];

    private ServingProgram(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.Add(line.Data ?? "");
            }
        };
        process.BeginErrorReadLine();
    }

    /// <summary>What it printed to standard output once it listened.</summary>
    public string Announcement { get; private set; } = "";

    /// <summary>Its first endpoint, as announced.</summary>
    public IPEndPoint Endpoint { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>What it printed to standard error so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log);
            }
        }
    }

    /// <summary>Starts <c>altodns serve</c> on a port of its own and returns when it listens.</summary>
    public static async Task<ServingProgram> StartAsync(TestFolder? folder, params string[] arguments)
    {
        var process = AltodnsProgram.Start(folder, ["serve", "--listen", "127.0.0.1:0", .. arguments]);
        var program = new ServingProgram(process);
        try
        {
            // The announcement names the first endpoint on its first line, or within the JSON object.
            while (!EndpointText().IsMatch(program.Announcement))
            {
                var line = await process.StandardOutput.ReadLineAsync().WaitAsync(AltodnsProgram.Patience);
                program.Announcement += (line ?? throw new InvalidOperationException($"altodns did not serve.\n{program.Log}")) + "\n";
            }

            program.Endpoint = IPEndPoint.Parse(EndpointText().Match(program.Announcement).Value);
            return program;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads on in standard output until a line satisfies the condition.</summary>
    public async Task ReadOutputUntilAsync(Func<string, bool> isLast)
    {
        string? line;
        do
        {
            line = await _process.StandardOutput.ReadLineAsync().WaitAsync(AltodnsProgram.Patience);
            Announcement += line + "\n";
        }
        while (line is not null && !isLast(line));
    }

    /// <summary>Waits until the log has a text.</summary>
    public async Task WaitForLogAsync(string text)
    {
        var clock = Stopwatch.StartNew();
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            Assert.True(clock.Elapsed < AltodnsProgram.Patience, $"The log has no '{text}':\n{Log}");
            await Task.Delay(10);
        }
    }

    /// <summary>Asks by UDP for NAPTR records; the answer section in presentation form.</summary>
    public async Task<IReadOnlyList<string>> AskAsync(string name)
    {
        var request = new byte[512];
        new MessageHeader(1, MessageFlags.None, Opcode.Query, ResponseCode.NoError, 1, 0, 0, 0).Write(request);
        using var client = new UdpClient();
        client.Connect(Endpoint);
        await client.SendAsync(request.AsMemory(0, WriteQuestion(request, name)));
        var response = await client.ReceiveAsync().WaitAsync(AltodnsProgram.Patience);
        return ReadAnswers(response.Buffer);
    }

    public void Signal(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(AltodnsProgram.Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static int WriteQuestion(byte[] request, string name)
    {
        var writer = new WireWriter(request.AsSpan(MessageHeader.Length));
        new Question(DomainName.Parse(name), RecordType.NAPTR, RecordClass.Internet).Write(ref writer);
        return MessageHeader.Length + writer.Position;
    }

    private static List<string> ReadAnswers(byte[] response)
    {
        Assert.True(MessageHeader.TryRead(response, out var header));
        var reader = new WireReader(response);
        Assert.True(reader.TryReadOctets(MessageHeader.Length, out _));
        Assert.True(Question.TryRead(ref reader, out _));
        var answers = new List<string>();
        for (var i = 0; i < header.AnswerCount; i++)
        {
            Assert.True(ResourceRecord.TryRead(ref reader, out var record));
            answers.Add(record.Data.ToString()!);
        }

        return answers;
    }

    [GeneratedRegex(@"127\.0\.0\.1:[0-9]+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EndpointText();

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
