// altodns serve without a file, shared by the smoke tests.

using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Smoke;

public sealed class SampleServer : IAsyncLifetime
{
    private RunningServer? _server;

    public RunningServer Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    public async ValueTask InitializeAsync() => _server = await AltoDnsServer.StartSamplesAsync();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
