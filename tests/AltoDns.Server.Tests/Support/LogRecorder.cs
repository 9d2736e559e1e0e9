// Keeps what was logged, for tests to look at.

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Tests.Support;

internal sealed record LogEntry(LogLevel Level, int Id, string Message);

internal sealed class LogRecorder<T> : ILogger<T>
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();

    public IReadOnlyList<LogEntry> Entries => [.. _entries];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue(new LogEntry(logLevel, eventId.Id, formatter(state, exception)));
}
