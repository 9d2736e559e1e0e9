// How the signatures of a zone are kept over a restart.
//
//   ALTODNS SIGNATURES 2\n ORIGIN serial
//   n (algorithm tag)…              the keys that signed
//   (length digest signatures)… 0   for each RRset: what it is, and its RRSIG data
//   digest                          over all RRsets that have no signatures
//   seal…                           for each key: an HMAC over all before, which only who has the key can make

using System.Buffers.Binary;
using System.Security.Cryptography;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.History;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>The file <c>STATE/signatures/ORIGIN</c>. Numbers are in network order. Not safe for several threads.</summary>
public sealed class SignatureFile(string folder, DomainName origin)
{
    /// <summary>What a file is called that could not be used; only the last is there.</summary>
    public const string DamagedExtension = ".damaged";

    private const int BufferLength = 1 << 17;
    private const int SealLength = HMACSHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Magic => "ALTODNS SIGNATURES 2\n"u8;

    public string Path => System.IO.Path.Combine(FolderOf(folder), FileNameOf(origin));

    /// <summary>Where the files of all zones are.</summary>
    /// <param name="folder">The state folder.</param>
    public static string FolderOf(string folder) => System.IO.Path.Combine(folder, "signatures");

    public static string FileNameOf(DomainName origin) => StateFileName.Of(origin);

    /// <summary>Writes the signatures of a zone that was signed by these keys and verified, in the place of those before.</summary>
    /// <param name="keys">From <see cref="SignatureFileKey.Of"/>.</param>
    /// <exception cref="IOException">The file cannot be written; what was there before is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="OperationCanceledException">Writing was given up.</exception>
    public void Write(ZoneSnapshot zone, IReadOnlyList<SignatureFileKey> keys, CancellationToken cancellation)
    {
        PrivateFile.MakeFolderOrThrow(folder);
        PrivateFile.MakeFolderOrThrow(FolderOf(folder));
        PrivateFile.Replace(Path, stream =>
        {
            using var writer = new SealedWriter(stream);
            writer.Write(Magic);
            writer.Write(origin.ToLower().Wire);
            Span<byte> serial = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(serial, zone.Serial);
            writer.Write(serial);
            writer.Write([(byte)keys.Count]);
            foreach (var key in keys)
            {
                writer.Write([(byte)key.Algorithm, (byte)(key.Tag >> 8), (byte)key.Tag]);
            }

            WriteEntries(writer, zone, cancellation);
            writer.Write([0, 0]);
            writer.Write(KeptSignatures.DigestUnsigned(zone, out _));
            writer.Seal(keys);
        });
    }

    /// <summary>Reads what can be used with these keys.</summary>
    /// <param name="keys">Those of the zone now.</param>
    /// <param name="fault">Without a full stop: why the file is none that was written whole, and by one who has the keys. Null where it is, or is not there.</param>
    /// <returns>Null where there is a fault, no file, or nothing in it by any of the keys.</returns>
    public KeptSignatures? Read(ZoneKeySet keys, out string? fault)
    {
        fault = null;
        try
        {
            if (!File.Exists(Path))
            {
                return null;
            }

            using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferLength);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var signers = ReadHeader(stream, hash, out var serial);
            var own = SignatureFileKey.AllOf(keys);
            if (!signers.Exists(signer => own.Any(signer.IsAlike)))
            {
                return null;
            }

            var store = new OctetStoreBuilder(stream.Length);
            var starts = ReadEntries(stream, hash, store);
            var unsigned = Take(stream, hash, new byte[ContentDigest.Length]).ToArray();
            CheckSeals(stream, hash.GetHashAndReset(), signers, own);
            return new KeptSignatures(store.Build(trim: false), starts) { Serial = serial, Unsigned = unsigned };
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception) || exception is InvalidDataException or InvalidOperationException)
        {
            fault = exception is EndOfStreamException ? "it is cut short" : PolicyContext.Reason(exception);
            return null;
        }
    }

    /// <summary>Renames a file that cannot be used, so that it is out of the way and still there; returns its new name, or null.</summary>
    public string? PutAside()
    {
        try
        {
            var aside = Path + DamagedExtension;
            File.Move(Path, aside, overwrite: true);
            return aside;
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception))
        {
            return null;
        }
    }

    private static void WriteEntries(SealedWriter writer, ZoneSnapshot zone, CancellationToken cancellation)
    {
        var owners = new OwnedRRsets(zone);
        Span<byte> header = stackalloc byte[KeptSignatures.HeaderLength];
        foreach (var owner in OwnedRRsets.All(zone))
        {
            cancellation.ThrowIfCancellationRequested();
            var count = owners.Find(owner, out var first);
            for (var rrset = first; rrset < first + count; rrset++)
            {
                var signatures = zone.SignaturesOf(rrset);
                if (signatures.Length is 0 or > ushort.MaxValue)
                {
                    continue;
                }

                ref readonly var set = ref zone.RRset(rrset);
                BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)signatures.Length);
                SignedContent.Digest(owners.NameOf(owner), set.Type, set.TimeToLive, zone.DataOf(set), header[sizeof(ushort)..]);
                writer.Write(header);
                writer.Write(signatures);
            }
        }
    }

    private List<SignatureFileKey> ReadHeader(Stream stream, IncrementalHash hash, out uint serial)
    {
        var start = Take(stream, hash, new byte[Magic.Length + origin.Length]);
        if (!start[..Magic.Length].SequenceEqual(Magic) || !WireName.EqualsIgnoreCase(start[Magic.Length..], origin.Wire))
        {
            throw new InvalidDataException("it is no file of this zone");
        }

        serial = BinaryPrimitives.ReadUInt32BigEndian(Take(stream, hash, new byte[sizeof(uint)]));
        var keys = new List<SignatureFileKey>();
        for (var left = Take(stream, hash, new byte[1])[0]; left > 0; left--)
        {
            var key = Take(stream, hash, new byte[3]);
            keys.Add(new SignatureFileKey((DnssecAlgorithm)key[0], BinaryPrimitives.ReadUInt16BigEndian(key[1..]), []));
        }

        return keys;
    }

    private static List<uint> ReadEntries(Stream stream, IncrementalHash hash, OctetStoreBuilder store)
    {
        var starts = new List<uint>();
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        while (true)
        {
            stream.ReadExactly(length);
            var count = BinaryPrimitives.ReadUInt16BigEndian(length);
            if (count == 0)
            {
                hash.AppendData(length);
                return starts;
            }

            var entry = store.Reserve(KeptSignatures.HeaderLength + count, out var start);
            length.CopyTo(entry);
            stream.ReadExactly(entry[sizeof(ushort)..]);
            hash.AppendData(entry);
            starts.Add(start);
        }
    }

    // One seal proves that all is as it was written; another that is wrong is that of another key with the same tag.
    private static void CheckSeals(Stream stream, byte[] digest, List<SignatureFileKey> signers, IReadOnlyList<SignatureFileKey> own)
    {
        var seal = new byte[SealLength];
        foreach (var signer in signers)
        {
            stream.ReadExactly(seal);
            foreach (var key in own.Where(signer.IsAlike))
            {
                if (!CryptographicOperations.FixedTimeEquals(seal, key.Seal(digest)))
                {
                    throw new InvalidDataException($"it is damaged, or the key {key.Tag} that signed it is another");
                }
            }
        }

        if (stream.ReadByte() >= 0)
        {
            throw new InvalidDataException("it goes on after its end");
        }
    }

    private static ReadOnlySpan<byte> Take(Stream stream, IncrementalHash hash, byte[] room)
    {
        stream.ReadExactly(room);
        hash.AppendData(room);
        return room;
    }

    private sealed class SealedWriter(Stream stream) : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] _buffer = new byte[BufferLength];
        private int _length;

        public void Write(ReadOnlySpan<byte> octets)
        {
            if (_length + octets.Length > _buffer.Length)
            {
                Flush();
            }

            octets.CopyTo(_buffer.AsSpan(_length));
            _length += octets.Length;
        }

        public void Seal(IReadOnlyList<SignatureFileKey> keys)
        {
            Flush();
            var digest = _hash.GetHashAndReset();
            foreach (var key in keys)
            {
                stream.Write(key.Seal(digest));
            }
        }

        public void Dispose() => _hash.Dispose();

        private void Flush()
        {
            _hash.AppendData(_buffer.AsSpan(0, _length));
            stream.Write(_buffer.AsSpan(0, _length));
            _length = 0;
        }
    }
}
