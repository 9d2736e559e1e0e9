// Keeps which events the parts of a server log.

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AltoDns.Web.Tests.Support;

internal sealed class EventRecorder : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<int> _events = [];

    /// <summary>The numbers of the events, in their order.</summary>
    public IReadOnlyCollection<int> Events => _events;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _events.Enqueue(eventId.Id);

    public void Dispose()
    {
    }
}
