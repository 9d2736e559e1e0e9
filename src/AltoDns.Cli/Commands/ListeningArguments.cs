// The options of serve that say where it listens and how datagrams are read and written.

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AltoDns.Server.Listening;

namespace AltoDns.Cli.Commands;

internal sealed class ListeningArguments
{
    private const int MaxWorkers = 1024;
    private const int MaxBatch = 1024;
    private const int MinBuffer = 4096;

    private static readonly string[] DefaultAddresses = ["127.0.0.1:5300", "[::1]:5300"];
    private static readonly ListeningOptions Defaults = new() { Endpoints = [] };

    private readonly Option<string[]> _listen = new("--listen", "-l")
    {
        Description = $"Where to answer, over UDP and TCP; port 0 takes a free one. May be repeated. Default: {string.Join(' ', DefaultAddresses)}.",
        HelpName = "ADDRESS:PORT",
    };

    private readonly Option<int?> _workers = new("--udp-workers", "--workers")
    {
        Description = "UDP threads for each address. Default: one for each processor.",
        HelpName = "N",
        CustomParser = result => ParseNumber(result, "a number of UDP threads", 1, MaxWorkers),
    };

    private readonly Option<UdpEngine> _engine = new("--udp-engine")
    {
        Description = "How datagrams are read and written: fastest, in batches where the system can; batches, or do not start; sockets, one by one as on every system.",
        HelpName = "NAME",
        CustomParser = ParseEngine,
    };

    private readonly Option<int?> _batch = new("--udp-batch")
    {
        Description = $"Datagrams that one system call may bring. Default: {Defaults.UdpBatchSize}.",
        HelpName = "N",
        CustomParser = result => ParseNumber(result, "a number of datagrams", 1, MaxBatch),
    };

    private readonly Option<int?> _receiveBuffer = new("--udp-receive-buffer")
    {
        Description = $"Octets of queries that the system holds for each UDP thread while it is busy. Default: {Defaults.UdpReceiveBuffer}.",
        HelpName = "OCTETS",
        CustomParser = result => ParseNumber(result, "a size of a buffer", MinBuffer, int.MaxValue / 2),
    };

    private readonly Option<int?> _sendBuffer = new("--udp-send-buffer")
    {
        Description = $"Octets of answers that the system holds for each UDP thread; beyond them answers are dropped. Default: {Defaults.UdpSendBuffer}.",
        HelpName = "OCTETS",
        CustomParser = result => ParseNumber(result, "a size of a buffer", MinBuffer, int.MaxValue / 2),
    };

    private readonly Option<string[]> _xdp = new("--xdp")
    {
        Description = "An interface whose UDP queries are taken past the kernel's sockets, on all of its queues or those named. Linux; docs/xdp.md. May be repeated.",
        HelpName = "IFACE[:QUEUE,…]",
    };

    private readonly Option<string[]> _tls = new("--tls")
    {
        Description = "Where to answer over TLS as well, queries and transfers; the usual port is 853. May be repeated.",
        HelpName = "ADDRESS:PORT",
    };

    private readonly Option<string?> _tlsCertificate = new("--tls-certificate")
    {
        Description = "The server's certificate in PEM form, with those that lead to its authority. Read again when it changes.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _tlsKey = new("--tls-key") { Description = "The certificate's key in PEM form. Default: the certificate's file.", HelpName = "FILE" };

    private readonly Option<string?> _tlsClients = new("--tls-client-authorities")
    {
        Description = "Authorities in PEM form: TLS clients have to show a certificate from one of them.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        Option[] options = [_listen, _workers, _engine, _batch, _receiveBuffer, _sendBuffer, _xdp, _tls, _tlsCertificate, _tlsKey, _tlsClients];
        Array.ForEach(options, command.Options.Add);
        _listen.Validators.Add(RequireAddresses);
        _tls.Validators.Add(RequireAddresses);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_tls) is { Length: > 0 } && result.GetValue(_tlsCertificate) is null)
            {
                result.AddError("--tls needs --tls-certificate FILE.");
            }
        });
        _xdp.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!XdpInterface.TryParse(token.Value, out _, out var fault))
                {
                    result.AddError(fault);
                }
            }
        });
    }

    public ListeningOptions Read(ParseResult result) => new()
    {
        Endpoints = [.. (result.GetValue(_listen) is { Length: > 0 } given ? given : AvailableDefaults()).Select(Parse)],
        UdpWorkers = result.GetValue(_workers),
        UdpEngine = result.GetValue(_engine),
        UdpBatchSize = result.GetValue(_batch) ?? Defaults.UdpBatchSize,
        UdpReceiveBuffer = result.GetValue(_receiveBuffer) ?? Defaults.UdpReceiveBuffer,
        UdpSendBuffer = result.GetValue(_sendBuffer) ?? Defaults.UdpSendBuffer,
        Xdp = [.. (result.GetValue(_xdp) ?? []).Select(ParseXdp)],
        Tls = result.GetValue(_tls) is not { Length: > 0 } addresses ? null : new TlsOptions
        {
            Endpoints = [.. addresses.Select(Parse)],
            CertificateFile = result.GetValue(_tlsCertificate)!,
            KeyFile = result.GetValue(_tlsKey) ?? result.GetValue(_tlsCertificate)!,
            ClientAuthorities = result.GetValue(_tlsClients),
        },
    };

    private static void RequireAddresses(OptionResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (!ListenAddress.TryParse(token.Value, out _, out var fault))
            {
                result.AddError(fault);
            }
        }
    }

    // A machine without IPv6 is no reason to refuse a newcomer; an address that was asked for is.
    private static string[] AvailableDefaults()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return DefaultAddresses;
        }
        catch (SocketException)
        {
            return [DefaultAddresses[0]];
        }
    }

    private static IPEndPoint Parse(string address) =>
        ListenAddress.TryParse(address, out var endpoint, out var fault) ? endpoint : throw new FormatException(fault);

    private static XdpInterface ParseXdp(string text) =>
        XdpInterface.TryParse(text, out var target, out var fault) ? target : throw new FormatException(fault);

    private static int? ParseNumber(ArgumentResult result, string what, int least, int most)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        result.AddError($"'{text}' is not {what}. Write one from {least} to {most}.");
        return null;
    }

    private static UdpEngine ParseEngine(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        switch (text)
        {
            case "fastest":
                return UdpEngine.Fastest;
            case "batches":
                return UdpEngine.Batches;
            case "sockets":
                return UdpEngine.Sockets;
            default:
                result.AddError($"'{text}' is not a UDP engine. Write fastest, batches or sockets.");
                return default;
        }
    }
}
