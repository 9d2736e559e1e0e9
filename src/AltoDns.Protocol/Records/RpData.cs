// RP: who is responsible for the owner name.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Responsible person (RFC 1183 §2.2); either name may be the root for none.</summary>
public sealed class RpData(DomainName mailbox, DomainName textOwner) : RecordData, IRecordData<RpData>
{
    public static RecordType Type => RecordType.RP;

    public override RecordType RecordType => Type;

    public DomainName Mailbox { get; } = mailbox;

    /// <summary>Where TXT records say more.</summary>
    public DomainName TextOwner { get; } = textOwner;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out RpData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadName(out var mailbox)
            || !attempt.TryReadName(out var textOwner))
        {
            return false;
        }

        data = new RpData(mailbox, textOwner);
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteName(Mailbox, RdataName.Foldable);
        writer.WriteName(TextOwner, RdataName.Foldable);
    }

    public static RpData Parse(ref RecordTextReader text) => new(
        text.ReadName("mailbox"),
        text.ReadName("text owner"));

    public override void Print(RecordTextWriter text)
    {
        text.Name(Mailbox);
        text.Name(TextOwner);
    }
}
