// altodns health: asks a server a DNS query, for those who watch over it, such as Docker.

using System.Buffers.Binary;
using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Configuration;
using AltoDns.Zones.Configuration;

namespace AltoDns.Cli.Commands;

internal static class HealthCommand
{
    // A query that was dropped on the way is no sign of anything.
    private const int Attempts = 3;

    private static readonly DomainName IdServer = DomainName.Parse("id.server.");

    public static Command Create()
    {
        var configuration = new ConfigurationOptions();
        var settings = new SettingOptions([ListeningSettings.Listen]);
        configuration.Include(settings.Read);
        var server = new Argument<string?>("SERVER")
        {
            Description = "Who is asked, ADDRESS or ADDRESS:PORT. Default: where the configuration listens first.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var zones = new Option<string[]>("--zone", "-z")
        {
            Description = "A zone that has to be answered with authority. May be repeated. Default: any answer but SERVFAIL will do.",
            HelpName = "ORIGIN",
        };
        var timeout = new Option<double>("--timeout")
        {
            Description = "Seconds until an answer counts as missing; a third of them for each of three queries. Default: 2.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 2,
        };
        var command = new Command("health", "Ask a server a DNS query over UDP. Exit code 0: it answers as it should; 1: it does not.");
        command.Arguments.Add(server);
        command.Options.Add(zones);
        command.Options.Add(timeout);
        configuration.AddTo(command);
        settings.AddTo(command);
        server.Validators.Add(result =>
        {
            if (result.Tokens is [var token])
            {
                ListeningSettings.Listen.Parse([token.Value], "", mistake => result.AddError(mistake.ToString()));
            }
        });
        zones.Validators.Add(result =>
        {
            foreach (var text in result.Tokens.Select(token => token.Value))
            {
                if (DomainName.TryParse(Encoding.UTF8.GetBytes(text), DomainName.Root, out _) is not NameError.None and var error)
                {
                    result.AddError($"'{text}' is not a domain name: {error.Describe()}.");
                }
            }
        });
        timeout.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(double.TryParse(token.Value, out var seconds) && seconds is >= 0.01 and <= 3600))
            {
                result.AddError($"'{token.Value}' is not a time. Write seconds, 0.01 to 3600.");
            }
        });
        command.SetAction(result => ConfigurationOptions.Guard(() => Run(
            EndpointOf(result.GetValue(server), () => configuration.Read(result, new ProblemList())),
            [.. (result.GetValue(zones) ?? []).Select(DomainName.Parse)],
            TimeSpan.FromSeconds(result.GetValue(timeout) / Attempts))));
        return command;
    }

    private static IPEndPoint EndpointOf(string? server, Func<ServerConfiguration> read)
    {
        var endpoint = server is null
            ? read().Listening.Endpoints[0]
            : ((IReadOnlyList<IPEndPoint>)ListeningSettings.Listen.Parse([server], "", _ => { })!)[0];

        // A wildcard is nobody's address, but this machine is among those that it stands for.
        return endpoint.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, endpoint.Port)
            : endpoint.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, endpoint.Port)
            : endpoint;
    }

    private static int Run(IPEndPoint server, IReadOnlyList<DomainName> zones, TimeSpan patience)
    {
        var faults = zones.Count == 0
            ? [Check(server, new Question(IdServer, RecordType.TXT, RecordClass.Chaos), mustOwn: false, patience)]
            : zones.Select(zone => Check(server, new Question(zone, RecordType.SOA, RecordClass.Internet), mustOwn: true, patience)).ToList();
        foreach (var fault in faults.OfType<string>())
        {
            Console.Error.WriteLine($"{server}: {fault}");
        }

        return faults.TrueForAll(fault => fault is null) ? ExitCodes.Success : ExitCodes.Problems;
    }

    /// <returns>What is wrong; null where nothing is.</returns>
    private static string? Check(IPEndPoint server, in Question question, bool mustOwn, TimeSpan patience)
    {
        if (Ask(server, question, patience) is not { } header)
        {
            return $"no answer to {question.Name} {question.Type} within {Math.Round((patience * Attempts).TotalSeconds, 2)} s";
        }

        var isRight = mustOwn
            ? header.ResponseCode == ResponseCode.NoError && (header.Flags & MessageFlags.Authoritative) != 0 && header.AnswerCount > 0
            : header.ResponseCode != ResponseCode.ServerFailure;
        return isRight ? null : $"{question.Name} {question.Type} is answered {header.ResponseCode}{(mustOwn ? ", not with authority and a record" : "")}";
    }

    private static MessageHeader? Ask(IPEndPoint server, in Question question, TimeSpan patience)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var query = new byte[MessageHeader.Length + DomainName.MaxLength + (2 * sizeof(ushort))];
        new MessageHeader(id, MessageFlags.None, Opcode.Query, ResponseCode.NoError, 1, 0, 0, 0).Write(query);
        var writer = new WireWriter(query.AsSpan(MessageHeader.Length));
        question.Write(ref writer);
        var length = MessageHeader.Length + writer.Position;
        var response = new byte[ushort.MaxValue];
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
            {
                ReceiveTimeout = (int)Math.Max(1, patience.TotalMilliseconds),
            };
            try
            {
                socket.Connect(server);
                socket.Send(query.AsSpan(0, length));
                var received = socket.Receive(response);
                if (MessageHeader.TryRead(response.AsSpan(0, received), out var header) && BinaryPrimitives.ReadUInt16BigEndian(response) == id)
                {
                    return header;
                }
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                // Once more.
            }
            catch (SocketException)
            {
                // Nobody listens there, as ICMP tells at once; a server that starts may in a moment.
                Thread.Sleep(patience);
            }
        }

        return null;
    }
}
