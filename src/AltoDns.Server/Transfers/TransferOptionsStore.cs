// The one mutable holder of what an operator says about transfers.

namespace AltoDns.Server.Transfers;

/// <summary>Published once a configuration is in force; who transfers reads <see cref="Current"/> for each request. Safe for any number of threads.</summary>
public sealed class TransferOptionsStore(TransferOptions initial)
{
    private readonly Lock _gate = new();
    private volatile TransferOptions _current = initial;
    private volatile Action<TransferOptions>[] _followers = [];

    public TransferOptions Current => _current;

    /// <summary>Has somebody told of each publication from now on, by the thread that publishes.</summary>
    public void OnChange(Action<TransferOptions> follow)
    {
        lock (_gate)
        {
            _followers = [.. _followers, follow];
        }
    }

    public void Publish(TransferOptions options)
    {
        _current = options;
        foreach (var follow in _followers)
        {
            follow(options);
        }
    }
}
