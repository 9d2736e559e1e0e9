// How the commands that speak to a running server find it, and what becomes of one that does not answer.

using System.CommandLine;
using AltoDns.Server.Configuration;
using AltoDns.Server.Control;
using AltoDns.Zones.Configuration;

namespace AltoDns.Cli.Commands.Control;

internal sealed class ControlArguments
{
    private readonly ConfigurationOptions _configuration = new();
    private readonly SettingOptions _settings = new([ServerSettings.Control, ServerSettings.State]);
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object for programs." };

    public ControlArguments() => _configuration.Include(_settings.Read);

    public void AddTo(Command command)
    {
        _configuration.AddTo(command);
        _settings.AddTo(command);
        command.Options.Add(_json);
    }

    public bool AsJson(ParseResult result) => result.GetValue(_json);

    /// <summary>Asks the server and prints its response.</summary>
    /// <param name="print">Prints a response without an error and returns the exit code.</param>
    public async Task<int> AskAsync(ParseResult result, ControlRequest request, Func<ControlResponse, int> print, CancellationToken cancellation)
    {
        try
        {
            if (_configuration.Read(result, new ProblemList()).ControlSocket is not { } path)
            {
                await Console.Error.WriteLineAsync("There is no control socket: 'control' is off. Name a path with --control, here and for the server.");
                return ExitCodes.NoServer;
            }

            var response = await ControlClient.AskAsync(path, request, cancellation);
            if (response.Error is null)
            {
                return print(response);
            }

            await Console.Error.WriteLineAsync(response.Error);
            return ExitCodes.Usage;
        }
        catch (ConfigurationException exception)
        {
            return ConfigurationOptions.Print(exception);
        }
        catch (NoServerException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.NoServer;
        }
    }
}
