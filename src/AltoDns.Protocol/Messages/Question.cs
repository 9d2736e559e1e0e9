// What is asked: a name, a type and a class (RFC 1035 §4.1.2).

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Messages;

/// <summary>One entry of the question section.</summary>
public readonly record struct Question(DomainName Name, RecordType Type, RecordClass Class)
{
    /// <summary>Reads a question; on failure the reader stays where it was.</summary>
    public static bool TryRead(ref WireReader reader, out Question question)
    {
        question = default;
        var attempt = reader;
        if (!attempt.TryReadName(out var name) || !attempt.TryReadUInt16(out var type) || !attempt.TryReadUInt16(out var recordClass))
        {
            return false;
        }

        question = new Question(name, (RecordType)type, (RecordClass)recordClass);
        reader = attempt;
        return true;
    }

    public void Write(ref WireWriter writer)
    {
        writer.WriteName(Name, RdataName.Verbatim);
        writer.WriteUInt16((ushort)Type);
        writer.WriteUInt16((ushort)Class);
    }
}
