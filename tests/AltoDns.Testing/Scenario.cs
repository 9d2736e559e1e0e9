// Zones, questions about them and the answers expected: one file, whoever is asked.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Testing;

/// <summary>One *.scenario file; <see cref="ScenarioReader"/> describes its form.</summary>
/// <param name="File">Its name, without the folder.</param>
public sealed record Scenario(string File, IReadOnlyList<ScenarioZone> Zones, IReadOnlyList<ScenarioQuestion> Questions)
{
    /// <summary>The zones as they are served together.</summary>
    /// <exception cref="FormatException">A zone has a fault that would keep it from being loaded.</exception>
    public ZoneSet LoadZones() => new(Zones.Select(zone => zone.Load()));
}

/// <summary>A zone of a scenario.</summary>
/// <param name="Text">A master file (RFC 1035 §5), with as many empty lines before it as bring its lines to their place in the scenario.</param>
public sealed record ScenarioZone(string File, DomainName Origin, string Text)
{
    /// <summary>Reads, checks and freezes the zone.</summary>
    /// <exception cref="FormatException">The zone has a fault that would keep it from being loaded.</exception>
    public ZoneSnapshot Load()
    {
        var problems = new ProblemList();
        var draft = new ZoneDraft(new ZoneBuilder(Origin), File, problems);
        using var text = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Text));
        MasterFileReader.Read(text, File, Origin, problems, draft.Add);
        if (!problems.HasErrors)
        {
            ZoneChecker.Check(draft);
        }

        return problems.HasErrors
            ? throw new FormatException(string.Join('\n', problems.All.Where(problem => problem.Severity == Severity.Error)))
            : draft.Zone.Freeze();
    }

    /// <summary>Writes the zone as a plain master file, without directives that only some servers know.</summary>
    public void Export(TextWriter output) => ZoneExporter.Write(Load(), output);
}

/// <summary>A question, how it is asked, and what is expected.</summary>
/// <param name="Line">Where it stands in the file.</param>
/// <param name="Name">As sent, in its case.</param>
public sealed record ScenarioQuestion(string File, int Line, DomainName Name, RecordType Type, ExpectedAnswer Expected)
{
    private const ushort PlainUdpLength = 512;
    private const uint DnssecOkBit = 0x8000;

    public RecordClass Class { get; init; } = RecordClass.Internet;

    public bool IsTcp { get; init; }

    /// <summary>The largest answer that the client says it takes by UDP; null: no EDNS (RFC 6891 §6.2.3).</summary>
    public ushort? UdpPayload { get; init; }

    /// <summary>The DO bit (RFC 3225); only with <see cref="UdpPayload"/>.</summary>
    public bool DnssecOk { get; init; }

    /// <summary>Flags of the query: RD and CD.</summary>
    public MessageFlags Flags { get; init; }

    /// <summary>The octets that no answer may exceed.</summary>
    public int MaxAnswerLength => IsTcp ? ushort.MaxValue : Math.Max(PlainUdpLength, UdpPayload ?? PlainUdpLength);

    /// <summary>The message in wire form, without TCP's length.</summary>
    public byte[] ToWire(ushort id)
    {
        var message = new byte[MessageHeader.Length + DomainName.MaxLength + 32];
        new MessageHeader(id, Flags, Opcode.Query, ResponseCode.NoError, 1, 0, 0, (ushort)(UdpPayload is null ? 0 : 1)).Write(message);
        var question = new WireWriter(message.AsSpan(MessageHeader.Length));
        new Question(Name, Type, Class).Write(ref question);
        if (UdpPayload is { } payload)
        {
            question.WriteUInt8(0);
            question.WriteUInt16((ushort)RecordType.OPT);
            question.WriteUInt16(payload);
            question.WriteUInt32(DnssecOk ? DnssecOkBit : 0);
            question.WriteUInt16(0);
        }

        return message[..(MessageHeader.Length + question.Position)];
    }

    /// <summary>The place and the question, on one line.</summary>
    public override string ToString() =>
        $"{File}:{Line}: {Name} {Class.Mnemonic()} {Type.Mnemonic()} by {(IsTcp ? "TCP" : "UDP")}{(UdpPayload is { } payload ? $" edns={payload}" : "")}";
}

/// <summary>What a question is answered with; OPT records are not counted among the additional ones.</summary>
/// <param name="Flags">All flags but QR.</param>
public sealed record ExpectedAnswer(
    ResponseCode ResponseCode,
    MessageFlags Flags,
    IReadOnlyList<ExpectedRecord> Answers,
    IReadOnlyList<ExpectedRecord> Authority,
    IReadOnlyList<ExpectedRecord> Additional);

/// <summary>A record of an expected answer.</summary>
/// <param name="IsOptional">Whether the RFCs leave it to the server to send it.</param>
public readonly record struct ExpectedRecord(ResourceRecord Record, bool IsOptional);
