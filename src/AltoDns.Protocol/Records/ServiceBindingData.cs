// The shape of SVCB and HTTPS: where a service is, and how to speak to it.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>
/// Service binding (RFC 9460 §2). Priority 0 is an alias: its target is another owner, or <c>.</c> for no service, and its
/// parameters, kept where they are given, mean nothing (§2.4.2). Otherwise target <c>.</c> is the owner itself (§2.5.2).
/// </summary>
public abstract class ServiceBindingData(ushort priority, DomainName target, ServiceParameters parameters) : RecordData
{
    public ushort Priority { get; } = priority;

    public bool IsAlias => Priority == 0;

    public DomainName Target { get; } = target;

    public ServiceParameters Parameters { get; } = parameters;

    public sealed override void Write(ref WireWriter writer)
    {
        writer.WriteUInt16(Priority);
        writer.WriteName(Target, RdataName.Verbatim);
        writer.WriteOctets(Parameters.Wire);
    }

    public sealed override void Print(RecordTextWriter text)
    {
        text.Number(Priority);
        text.Name(Target);
        ServiceParameterText.Print(text, Parameters);
    }

    private protected static bool TryReadFields(ref WireReader reader, [NotNullWhen(true)] out Fields? fields)
    {
        fields = null;
        var attempt = reader;
        if (!attempt.TryReadUInt16(out var priority)
            || !attempt.TryReadUncompressedName(out var target)
            || !ServiceParameters.TryCreate(attempt.ReadRest(), out var parameters, out _))
        {
            return false;
        }

        fields = new Fields(priority, target, parameters);
        reader = attempt;
        return true;
    }

    private protected static Fields ParseFields(ref RecordTextReader text) => new(
        text.ReadUInt16("priority"),
        text.ReadName("target"),
        ServiceParameterText.Parse(ref text));

    private protected sealed record Fields(ushort Priority, DomainName Target, ServiceParameters Parameters);
}
