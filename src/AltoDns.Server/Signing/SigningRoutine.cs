// What goes on while signed zones are served: keys take their steps, signatures are made anew before they expire.

using AltoDns.Server.Reloading;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Signing;

/// <summary>Looks at the clock when a key has a step to take, and every minute; that it jumped is noticed by then.</summary>
internal sealed class SigningRoutine(
    KeyKeeper keeper, ZoneSigningStage stage, ZoneReloader reloader, TimeProvider timeProvider, ILogger<SigningRoutine> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await keeper.WaitAsync(stoppingToken);
            try
            {
                if (stage.IsDue())
                {
                    _ = reloader.SignAsync();
                }

                await keeper.TakeStepsAsync(_ => reloader.SignAsync(), stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // One bad minute must not be the end of all refreshing.
                logger.RoutineFailed(exception);
                await Task.Delay(KeyKeeper.LongestPause, timeProvider, stoppingToken);
            }
        }
    }
}
