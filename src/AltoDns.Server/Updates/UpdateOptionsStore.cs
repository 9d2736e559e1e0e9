// The one mutable holder of what an operator says about updates.

namespace AltoDns.Server.Updates;

/// <summary>Published once a configuration is in force; each update is judged by what is current then. The file of dynamic records stays that of the start. Safe for any number of threads.</summary>
public sealed class UpdateOptionsStore(UpdateOptions initial)
{
    private readonly string _storePath = initial.StorePath;
    private volatile UpdateOptions _current = initial;

    public UpdateOptions Current => _current;

    public void Publish(UpdateOptions options) => _current = options with { StorePath = _storePath };
}
