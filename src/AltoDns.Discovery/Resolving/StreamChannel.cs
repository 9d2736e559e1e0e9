// Queries over a stream, TCP or TLS, several at a time on one connection that is opened when needed (RFC 7766).

namespace AltoDns.Discovery.Resolving;

/// <summary>Safe for several threads.</summary>
/// <param name="connect">Opens a connection, TLS and all.</param>
internal sealed class StreamChannel(TimeProvider time, Func<CancellationToken, Task<Stream>> connect) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private StreamConnection? _connection;

    /// <summary>Asks, on a new connection where the server has ended the present one.</summary>
    /// <exception cref="IOException">The server ended the connection, twice.</exception>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    public async Task<ResponseMessage> AskAsync(Query query, QueryForm form, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                var (connection, isNew) = await ConnectAsync(either.Token);
                try
                {
                    return await connection.AskAsync(query, form, either.Token);
                }
                catch (IOException) when (!isNew && attempt == 0)
                {
                    // RFC 7766 §6.2.4: a server may end an idle connection at any time.
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            await connection.DisposeAsync();
        }

        _gate.Dispose();
    }

    private async Task<(StreamConnection Connection, bool IsNew)> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is { IsOpen: true } open)
        {
            return (open, false);
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_connection is { IsOpen: true } opened)
            {
                return (opened, false);
            }

            return (_connection = new StreamConnection(await connect(cancellationToken), time), true);
        }
        finally
        {
            _gate.Release();
        }
    }
}
