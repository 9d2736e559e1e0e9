// OPENPGPKEY: the OpenPGP key of a mail user.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>A transferable public key (RFC 7929 §2), at least one octet.</summary>
public sealed class OpenPgpKeyData(byte[] publicKey) : RecordData, IRecordData<OpenPgpKeyData>
{
    public static RecordType Type => RecordType.OPENPGPKEY;

    public override RecordType RecordType => Type;

    public ReadOnlyMemory<byte> PublicKey { get; } = publicKey;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out OpenPgpKeyData? data)
    {
        data = reader.AtEnd ? null : new OpenPgpKeyData(reader.ReadRest().ToArray());
        return data is not null;
    }

    public override void Write(ref WireWriter writer) => writer.WriteOctets(PublicKey.Span);

    public static OpenPgpKeyData Parse(ref RecordTextReader text) => new(text.ReadBase64Rest("public key"));

    public override void Print(RecordTextWriter text) => text.Base64(PublicKey.Span);
}
