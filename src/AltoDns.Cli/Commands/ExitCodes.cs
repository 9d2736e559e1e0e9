// What the program's exit codes mean; scripts rely on them.

using AltoDns.Server.Listening;
using AltoDns.Zones.Configuration;

namespace AltoDns.Cli.Commands;

internal static class ExitCodes
{
    public const int Success = 0;
    public const int Problems = 1;
    public const int Usage = 2;
    public const int CannotListen = 3;
    public const int CannotWrite = 4;
    public const int NotFound = 5;
    public const int TemporaryFailure = 6;
    public const int Configuration = 7;
    public const int MissingRight = 8;
    public const int Certificate = 9;
    public const int DiskFull = 10;
    public const int NoServer = 11;

    /// <summary>All codes with their meanings, for the documentation.</summary>
    public static IReadOnlyList<(int Code, string Meaning)> Table { get; } =
    [
        (Success, "Done as asked."),
        (Problems, "Policies, zones or the state folder have errors; a reload was rejected, and what was served before still is."),
        (Usage, "The command line is wrong."),
        (CannotListen, "An address cannot be listened on: the port is in use, or no interface has the address."),
        (CannotWrite, "Output cannot be written."),
        (NotFound, "No ALTO server was found, and every name was answered."),
        (TemporaryFailure, "No ALTO server was found, and lookups failed that may work later."),
        (Configuration, "The configuration has errors: `altodns.yaml`, or an environment variable."),
        (MissingRight, "A right is missing: to listen on a port below 1024, or to use the state folder."),
        (Certificate, "A certificate of the configuration cannot be used."),
        (DiskFull, "The disk is full."),
        (NoServer, "No running server answers at the control socket."),
    ];

    // Of several kinds of errors the one that keeps others from being mended, or has the clearest remedy, comes first.
    private static readonly (ProblemKind Kind, int Code)[] Kinds =
    [
        (ProblemKind.DiskFull, DiskFull),
        (ProblemKind.MissingRight, MissingRight),
        (ProblemKind.Certificate, Certificate),
        (ProblemKind.Configuration, Configuration),
    ];

    /// <summary>The code for problems, at least one of them an error.</summary>
    public static int Of(IReadOnlyList<Problem> problems)
    {
        var kinds = problems.Where(problem => problem.Severity == Severity.Error).Select(problem => problem.Kind).ToHashSet();
        return Array.Find(Kinds, entry => kinds.Contains(entry.Kind)) is { Code: > 0 } found ? found.Code : Problems;
    }

    public static int Of(ListenException exception) => exception.Reason == System.Net.Sockets.SocketError.AccessDenied ? MissingRight : CannotListen;
}
