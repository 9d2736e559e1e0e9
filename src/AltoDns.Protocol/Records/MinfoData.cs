// MINFO: who answers for a mailing list; kept for old zones.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Mailbox information, experimental (RFC 1035 §3.3.7).</summary>
public sealed class MinfoData(DomainName responsibleMailbox, DomainName errorMailbox) : RecordData, IRecordData<MinfoData>
{
    public static RecordType Type => RecordType.MINFO;

    public override RecordType RecordType => Type;

    public DomainName ResponsibleMailbox { get; } = responsibleMailbox;

    public DomainName ErrorMailbox { get; } = errorMailbox;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out MinfoData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadName(out var responsibleMailbox)
            || !attempt.TryReadName(out var errorMailbox))
        {
            return false;
        }

        data = new MinfoData(responsibleMailbox, errorMailbox);
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteName(ResponsibleMailbox, RdataName.Compressible);
        writer.WriteName(ErrorMailbox, RdataName.Compressible);
    }

    public static MinfoData Parse(ref RecordTextReader text) => new(
        text.ReadName("responsible mailbox"),
        text.ReadName("error mailbox"));

    public override void Print(RecordTextWriter text)
    {
        text.Name(ResponsibleMailbox);
        text.Name(ErrorMailbox);
    }
}
