// What the program's exit codes mean; scripts rely on them.

namespace AltoDns.Cli.Commands;

internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>Policies or zones have errors.</summary>
    public const int Problems = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>An address cannot be listened on.</summary>
    public const int CannotListen = 3;

    /// <summary>Output cannot be written.</summary>
    public const int CannotWrite = 4;

    /// <summary>No ALTO server was found, and every name was answered.</summary>
    public const int NotFound = 5;

    /// <summary>No ALTO server was found, and lookups failed that may work later.</summary>
    public const int TemporaryFailure = 6;
}
