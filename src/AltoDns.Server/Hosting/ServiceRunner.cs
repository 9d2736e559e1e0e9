// Runs the hosted services of a container where there is no generic host, whose set-up takes longer than loading small zones.

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AltoDns.Server.Hosting;

/// <summary>
/// Starts services in the order in which they were added and stops them in the reverse, those that answer after all others.
/// Starts once and stops once.
/// </summary>
/// <param name="services">Disposed of by its owner, after the runner.</param>
public sealed class ServiceRunner(IServiceProvider services) : IDisposable
{
    // As long as the program may take to end.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly List<IHostedService> _started = [];
    private readonly SemaphoreSlim _stopping = new(1);

    /// <summary>What a service's start throws goes on to the caller, after those that had started were stopped.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var service in services.GetServices<IHostedService>())
            {
                cancellation.ThrowIfCancellationRequested();
                await service.StartAsync(cancellation);
                _started.Add(service);
            }
        }
        catch
        {
            await StopAsync();
            throw;
        }
    }

    /// <summary>Waits until it is cancelled, or a service fails that should have gone on, then stops all of them.</summary>
    /// <exception cref="AggregateException">What services failed with, if any did.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        // A task that only ends by failing counts; a service that has nothing more to do does not end the program.
        var failure = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var work in _started.OfType<BackgroundService>().Select(service => service.ExecuteTask).OfType<Task>())
        {
            _ = work.ContinueWith(
                failed => failure.TrySetException(failed.Exception!.InnerExceptions),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        using (cancellation.Register(() => failure.TrySetResult()))
        {
            try
            {
                await failure.Task;
            }
            finally
            {
                await StopAsync();
            }
        }
    }

    public void Dispose() => _stopping.Dispose();

    /// <summary>Stops all services but those that answer.</summary>
    public Task StopWritingAsync() => StopAsync(service => service is not IServesToTheEnd);

    private async Task StopAsync()
    {
        await StopWritingAsync();
        await StopAsync(_ => true);
    }

    private async Task StopAsync(Predicate<IHostedService> which)
    {
        using var limit = new CancellationTokenSource(StopTimeout);
        await _stopping.WaitAsync(CancellationToken.None);
        try
        {
            var stopping = _started.FindAll(which);
            stopping.Reverse();
            _started.RemoveAll(which);
            foreach (var service in stopping)
            {
                await service.StopAsync(limit.Token);
            }
        }
        finally
        {
            _stopping.Release();
        }
    }
}
