// Sends what workers leave to a dnstap reader, and comes back when that was away.

using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Observing.Tap;

internal sealed class DnstapService(QueryTap tap, TapOptions options, TimeProvider timeProvider, ILogger<DnstapService> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan FinishPatience = TimeSpan.FromSeconds(1);

    private readonly DnstapEncoder _encoder = new(Encoding.UTF8.GetBytes(options.Identity), Encoding.UTF8.GetBytes($"AltoDns {ProgramVersion.Text}"));
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var stream = await FrameStream.ConnectAsync(options.DnstapSocket!, stoppingToken);
                logger.DnstapConnected(options.DnstapSocket!);
                _failing = false;
                await SendAsync(stream, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
            {
                if (!_failing)
                {
                    logger.DnstapFails(options.DnstapSocket!, exception is OperationCanceledException ? "the reader does not read" : exception.Message);
                }

                _failing = true;
            }

            await Task.Delay(RetryAfter, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAsync(FrameStream stream, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var sent = await SendWaitingAsync(stream, stopping);
            if (sent == 0)
            {
                await Task.Delay(Rest, timeProvider, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        // The listeners have stopped or are about to; what they left still goes out.
        using var limit = new CancellationTokenSource(FinishPatience, timeProvider);
        await SendWaitingAsync(stream, limit.Token);
        await stream.FinishAsync(limit.Token);
    }

    private async Task<int> SendWaitingAsync(FrameStream stream, CancellationToken cancellation)
    {
        var sent = 0;
        while (tap.Dnstap!.Peek() is { } entry)
        {
            await stream.WriteAsync(_encoder.Query(entry), cancellation);
            sent++;
            if (!entry.Response.IsEmpty)
            {
                await stream.WriteAsync(_encoder.Response(entry), cancellation);
                sent++;
            }

            tap.Dnstap.Release();
        }

        if (sent > 0)
        {
            await stream.FlushAsync(cancellation);
            Interlocked.Add(ref tap.DnstapSent, sent);
        }

        return sent;
    }
}
