// Measures AltoDns, one command for each section of docs/performance.md.

using System.CommandLine;
using AltoDns.Benchmarks.Commands;

var root = new RootCommand("Measures AltoDns on this machine. Build it with -c Release: it starts the altodns that was built with it.")
{
    AggressiveCommand.Create(),
    AmplificationCommand.Create(),
    CompareCommand.Create(),
    DiscoveryCommand.Create(),
    EditsCommand.Create(),
    IncomingCommand.Create(),
    InternetPolicyCommand.Create(),
    LoadCommand.Create(),
    MicroCommand.Create(),
    NatCommand.Create(),
    ReloadCommand.Create(),
    SignedChangeCommand.Create(),
    SigningCommand.Create(),
    SoakCommand.Create(),
    TransferCommand.Create(),
    UdpEngineCommand.Create(),
    UpdatesCommand.Create(),
    VerifyCommand.Create(),
    XdpCommand.Create(),
    ZoneLoadCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
