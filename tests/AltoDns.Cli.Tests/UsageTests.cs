// The command line: help that has every option, and errors that say what was probably meant.

using AltoDns.Cli.Tests.Support;

namespace AltoDns.Cli.Tests;

public sealed class UsageTests
{
    private const string Sources = "FILES --zone -z --zone-list";

    [Theory]
    [InlineData("serve", Sources + " --listen -l --udp-workers --udp-engine --udp-batch --udp-receive-buffer --udp-send-buffer --xdp --identity --show-version --udp-size --cookie-secret --report-agent --state --config --control --log-level --json SIGHUP SIGTERM 127.0.0.1:5300")]
    [InlineData("status", "--control --state --config -c --json")]
    [InlineData("reload", "--control --state --config -c --json")]
    [InlineData("zone", "ZONE --control --state --config -c --json")]
    [InlineData("stats", "--control --state --config -c --json")]
    [InlineData("log-level", "LEVEL debug --control --state --config -c --json")]
    [InlineData("config", "sample reference")]
    [InlineData("completion", "SHELL bash zsh fish")]
    [InlineData("check", Sources + " --config --state --json FILE:LINE:COLUMN")]
    [InlineData("explain", Sources + " ADDRESS --json 192.0.2.0/24")]
    [InlineData("export", Sources + " --output -o --origin --json")]
    [InlineData("keys", "status list ds generate roll import export")]
    [InlineData("keys status", "FILES --state --json STATE_DIRECTORY")]
    [InlineData("keys list", "ZONES --state --json")]
    [InlineData("keys ds", "ZONES --state --json")]
    [InlineData("keys generate", "FILES --state")]
    [InlineData("keys roll", "ZONE --role --state")]
    [InlineData("keys import", "KEYS --unused --state")]
    [InlineData("keys export", "ZONES --output -o --state")]
    [InlineData("coverage", Sources + " --live --samples --resolver -r --trust-resolver --validate --trust-anchor --timeout --json")]
    [InlineData("discover", "TARGET --file -f --domain --peer --port --service --trackers --keys --special --resolver -r --trust-resolver --validate --trust-anchor --timeout --trace --json 192.0.2.0/24 RFC")]
    public async Task Help_of_a_command_has_every_option(string command, string words)
    {
        var result = await AltodnsProgram.RunAsync(null, [.. command.Split(' '), "--help"]);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.All(words.Split(' '), word => Assert.Contains(word, result.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData]
    public async Task Help_has_every_command(params string[] arguments)
    {
        var result = await AltodnsProgram.RunAsync(null, arguments);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.All(["serve", "status", "reload", "zone", "stats", "log-level", "config", "check", "explain", "export", "keys", "coverage", "discover", "--version"], word => Assert.Contains(word, result.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("explian 192.0.2.1", "'explian' is not a command. Did you mean explain?", "altodns --help")]
    [InlineData("xyz", "'xyz' is not a command. The commands are: serve, status, reload, zone, stats, log-level, health, config, check, explain, export, keys, peers, coverage, discover, man, completion.", "altodns --help")]
    [InlineData("--verson", "'--verson' is not an option of altodns. Did you mean --version?", "altodns --help")]
    [InlineData("check --jsn", "'--jsn' is not an option of check. Did you mean --json?", "altodns check --help")]
    [InlineData("export --outptu=x", "'--outptu=x' is not an option of export. Did you mean --output?", "altodns export --help")]
    [InlineData("explain --jsn 192.0.2.1", "'--jsn' is not an option of explain. Did you mean --json?", "altodns explain --help")]
    [InlineData("explain", "ADDRESS", "altodns explain --help")]
    [InlineData("explain 192.0.2.256", "'192.0.2.256' is not an address or prefix. Write one such as", "altodns explain --help")]
    [InlineData("explain 192.0.2.1/24", "'192.0.2.1/24' has bits set after its length. Did you mean 192.0.2.0/24?", "altodns explain --help")]
    [InlineData("explain 0.0.0.0/7", "0.0.0.0/7 is too short to look up", "altodns explain --help")]
    [InlineData("explain 2001:d00::/31", "/32 and longer in IPv6", "altodns explain --help")]
    [InlineData("explain isp1.example", "'isp1.example' is not an address or prefix.", "altodns explain --help")]
    [InlineData("serve --udp-workers many", "'many' is not a number of UDP threads. Write one from 1 to 1024.", "altodns serve --help")]
    [InlineData("serve --workers 0", "'0' is not a number of UDP threads.", "altodns serve --help")]
    [InlineData("serve --udp-engine steam", "'steam' is not a UDP engine. Write fastest, batches or sockets.", "altodns serve --help")]
    [InlineData("serve --udp-batch 1025", "'1025' is not a number of datagrams. Write one from 1 to 1024.", "altodns serve --help")]
    [InlineData("serve --udp-receive-buffer 4k", "'4k' is not a size of a buffer. Write one from 4096 to 1073741823, in octets or such as 4MiB.", "altodns serve --help")]
    [InlineData("serve --udp-send-buffer 0", "'0' is not a size of a buffer.", "altodns serve --help")]
    [InlineData("serve --xdp eth0:a", "'eth0:a' is not an interface for XDP. Write INTERFACE or INTERFACE:QUEUE,QUEUE, such as eth0 or eth0:0,1.", "altodns serve --help")]
    [InlineData("serve --udp-size big", "'big' is not a size of UDP answers. Write one from 512 to 65535.", "altodns serve --help")]
    [InlineData("serve --udp-size 511", "'511' is not a size of UDP answers.", "altodns serve --help")]
    [InlineData("serve --cookie-secret 12", "A cookie secret has 32 hexadecimal digits.", "altodns serve --help")]
    [InlineData("serve --report-agent a..b", "'a..b' is not a domain name: ", "altodns serve --help")]
    [InlineData("serve --log-level loud", "'loud' is not a level of logging. Write debug, information, warning, error or critical.", "altodns serve --help")]
    [InlineData("log-level debgu", "'debgu' is not a level of logging.", "altodns log-level --help")]
    [InlineData("completion csh", "'csh' is not a shell that is known. Write one of bash, zsh, fish.", "altodns completion --help")]
    [InlineData("zone a..b", "'a..b' is not a domain name.", "altodns zone --help")]
    [InlineData("status --jsn", "'--jsn'", "altodns status --help")]
    [InlineData("serve --identity", "'--identity'", "altodns serve --help")]
    [InlineData("serve -l 127.1:53", "'127.1:53' is not an address to listen on.", "altodns serve --help")]
    [InlineData("serve -l 127.0.0.1:65536", "'65536' in '127.0.0.1:65536' is not a port.", "altodns serve --help")]
    [InlineData("check --zone example.com", "'example.com' is not a zone and its file. Write ORIGIN=FILE", "altodns check --help")]
    [InlineData("check --zone a..b=x.zone", "'a..b' is not a domain name: ", "altodns check --help")]
    [InlineData("check --zone", "'--zone'", "altodns check --help")]
    [InlineData("discover", "Name what to look up: an address or prefix, --file FILE, or --domain NAME.", "altodns discover --help")]
    [InlineData("discover 192.0.2.1 --domain a.example", "Name what to look up:", "altodns discover --help")]
    [InlineData("discover 192.0.2.256", "'192.0.2.256' is not an address or prefix.", "altodns discover --help")]
    [InlineData("discover 192.0.0.0/7", "192.0.0.0/7 is too short to look up", "altodns discover --help")]
    [InlineData("discover --trase 192.0.2.1", "'--trase' is not an option of discover. Did you mean --trace?", "altodns discover --help")]
    [InlineData("discover 192.0.2.1 --peer a..b", "'a..b' is not a peer ID.", "altodns discover --help")]
    [InlineData("discover 192.0.2.1 --port 65536", "'65536' is not a port.", "altodns discover --help")]
    [InlineData("discover 192.0.2.0/24 --port 80", "--peer and --port are for one address.", "altodns discover --help")]
    [InlineData("discover 192.0.2.0/24 --trackers", "--trackers is for one address.", "altodns discover --help")]
    [InlineData("discover 192.0.2.1 --service ALTO:", "'ALTO:' is not a service.", "altodns discover --help")]
    [InlineData("discover --domain a..b", "'a..b' is not a domain name: ", "altodns discover --help")]
    [InlineData("discover --file missing.txt", "'missing.txt' is no file.", "altodns discover --help")]
    [InlineData("discover 192.0.2.1 --resolver dns.example", "'dns.example' is not a resolver.", "altodns discover --help")]
    [InlineData("discover 192.0.2.1 --timeout 0", "'0' is not a time limit.", "altodns discover --help")]
    [InlineData("discover 192.0.2.1 --trust-anchor missing.key", "missing.key: ", "altodns discover --help")]
    [InlineData("coverage --live 192.0.2.1/24", "'192.0.2.1/24' has bits set after its length.", "altodns coverage --help")]
    [InlineData("coverage --samples 0", "'0' is not a number of samples.", "altodns coverage --help")]
    public async Task Says_what_is_wrong_with_a_command_line(string commandLine, string error, string help)
    {
        var result = await AltodnsProgram.RunAsync(null, commandLine.Split(' '));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Equal(2, result.ErrorLines.Count);
        Assert.Contains(error, result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Equal($"See: {help}", result.ErrorLines[1]);
    }
}
