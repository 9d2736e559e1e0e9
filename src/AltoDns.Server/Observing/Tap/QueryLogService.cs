// Writes sampled questions, a line each, to the log or to a file.

using System.Net;
using System.Text;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Answering;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Observing.Tap;

/// <summary>The file is opened for each batch of lines, so that it may be moved away at any time.</summary>
internal sealed class QueryLogService(QueryTap tap, TapOptions options, TimeProvider timeProvider, ILogger<QueryLogService> logger) : BackgroundService
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly StringBuilder _lines = new();
    private bool _failing;

    /// <summary>Time, client, transport, name, type, response code, octets of the answer.</summary>
    public static string Describe(TapEntry entry)
    {
        var client = new IPEndPoint(new IPAddress(entry.ClientAddress), entry.ClientPort);
        var transport = entry.Transport == Transport.Udp ? "udp" : entry.IsHttp ? "https" : entry.IsEncrypted ? "tls" : "tcp";
        var question = QueryParser.Parse(entry.Request, out var query) is ParseOutcome.Answerable or ParseOutcome.BadVersion
            && DomainName.TryFromWire(query.Name, out var name)
                ? $"{name} {query.Type.Mnemonic()}"
                : "no question";
        var answer = MessageHeader.TryRead(entry.Response, out var header) ? $"{header.ResponseCode.Mnemonic()} {entry.Response.Length}" : "no answer";
        return $"{DateTimeOffset.FromUnixTimeMilliseconds(entry.UnixTime):yyyy-MM-ddTHH:mm:ss.fffZ} {client} {transport} {question} {answer}";
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Rest, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            WriteWaiting();
        }
    }

    private void WriteWaiting()
    {
        _lines.Clear();
        var count = 0;
        for (; tap.Samples!.Peek() is { } entry; count++)
        {
            var line = Describe(entry);
            tap.Samples.Release();
            if (options.SampleFile is null)
            {
                logger.Asked(line);
            }
            else
            {
                _lines.Append(line).Append('\n');
            }
        }

        if (count > 0 && (options.SampleFile is null || TryAppend(options.SampleFile)))
        {
            Interlocked.Add(ref tap.SampleLogged, count);
        }
    }

    private bool TryAppend(string path)
    {
        try
        {
            File.AppendAllText(path, _lines.ToString());
            _failing = false;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
            {
                logger.QueryLogFails(path, exception.Message);
            }

            _failing = true;
            return false;
        }
    }
}
