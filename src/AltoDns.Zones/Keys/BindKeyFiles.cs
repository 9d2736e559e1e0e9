// Keys as BIND keeps them: K<zone>+<algorithm>+<tag>.key with the DNSKEY record, .private with the numbers of the private key.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Keys;

/// <summary>A key read from BIND's files; the caller disposes it.</summary>
public sealed record BindKey(DomainName Zone, DnssecSigningKey Key);

/// <summary>Reads and writes BIND's private-key formats v1.2 and v1.3, RSASHA256 and ECDSA. What they say of times is passed over.</summary>
public static class BindKeyFiles
{
    private const string PrivateExtension = ".private";
    private const string PublicExtension = ".key";

    /// <summary>Reads both files of a key.</summary>
    /// <param name="path">Either file, or what their names have in common.</param>
    /// <exception cref="KeyStoreException">One of them cannot be read or is none, or they are not of one key.</exception>
    public static BindKey Read(string path)
    {
        var stem = Path.GetExtension(path) is PrivateExtension or PublicExtension ? Path.ChangeExtension(path, null) : path.TrimEnd('.');
        var (zone, data) = ReadPublic(stem + PublicExtension);
        var key = ReadPrivate(stem + PrivateExtension, data.Flags);
        if (key.Data.Equals(data))
        {
            return new BindKey(zone, key);
        }

        key.Dispose();
        throw new KeyStoreException(stem + PrivateExtension, $"It is not the private key of {Path.GetFileName(stem)}{PublicExtension}.", "Copy both files of the key together.");
    }

    /// <summary>Writes both files of a key, readable for their owner alone.</summary>
    /// <param name="since">BIND publishes the key and signs with it from then on; null: it does neither.</param>
    /// <returns>What their names have in common.</returns>
    public static string Write(string folder, DomainName zone, DnssecSigningKey key, DateTimeOffset? since)
    {
        var name = zone.ToLower().ToString();
        var stem = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"K{name}+{(byte)key.Algorithm:D3}+{key.Tag:D5}"));
        PrivateFile.Write(stem + PrivateExtension, Encoding.ASCII.GetBytes(WritePrivate(key) + Times(since)));
        PrivateFile.Write(stem + PublicExtension, Encoding.ASCII.GetBytes($"{name} IN DNSKEY {key.Data}\n"));
        return stem;
    }

    private static (DomainName Zone, DnskeyData Data) ReadPublic(string path)
    {
        var problems = new ProblemList();
        (DomainName, DnskeyData)? found = null;
        using var text = new MemoryStream([.. "$TTL 0\n"u8, .. ReadAll(path)]);
        MasterFileReader.Read(text, path, DomainName.Root, problems, record => found ??= record.Data is DnskeyData data ? (record.Owner, data) : null);
        return found ?? throw new KeyStoreException(path, "It has no DNSKEY record.", "Name a file K<zone>+<algorithm>+<tag>.key of BIND.");
    }

    private static DnssecSigningKey ReadPrivate(string path, ushort flags)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Encoding.ASCII.GetString(ReadAll(path)).Split('\n'))
        {
            if (line.IndexOf(':') is > 0 and var colon)
            {
                fields.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
            }
        }

        if (fields.GetValueOrDefault("Private-key-format") is not ("v1.2" or "v1.3"))
        {
            throw new KeyStoreException(path, "It is no private key of format v1.2 or v1.3.", "Name a file K<zone>+<algorithm>+<tag>.private of BIND 9.");
        }

        var words = fields.GetValueOrDefault("Algorithm", "").Split(' ');
        if (!byte.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !((DnssecAlgorithm)number).IsSupported())
        {
            throw new KeyStoreException(
                path, $"Its algorithm is {string.Join(' ', words)}.", "Algorithms 8, 13 and 14 can be imported; roll to one of these first.");
        }

        var algorithm = (DnssecAlgorithm)number;
        try
        {
            var der = algorithm == DnssecAlgorithm.RsaSha256 ? ReadRsa(fields) : ReadEcdsa(algorithm, fields);
            if (DnssecSigningKey.TryFromPkcs8(der, algorithm, flags, out var key))
            {
                CryptographicOperations.ZeroMemory(der);
                return key;
            }
        }
        catch (Exception exception) when (exception is FormatException or KeyNotFoundException or CryptographicException)
        {
            // Told below: what is missing or wrong in the numbers of a key is nothing to mend by hand.
        }

        throw new KeyStoreException(path, "It is damaged or not whole: its numbers make no key.", "Copy it again from where it was made.");
    }

    private static byte[] ReadEcdsa(DnssecAlgorithm algorithm, Dictionary<string, string> fields)
    {
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = algorithm == DnssecAlgorithm.EcdsaP384Sha384 ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256,
            D = Convert.FromBase64String(fields["PrivateKey"]),
        });
        return key.ExportPkcs8PrivateKey();
    }

    private static byte[] ReadRsa(Dictionary<string, string> fields)
    {
        var modulus = Number("Modulus", 0);
        var half = (modulus.Length + 1) / 2;
        using var key = RSA.Create(new RSAParameters
        {
            Modulus = modulus,
            Exponent = Number("PublicExponent", 0),
            D = Number("PrivateExponent", modulus.Length),
            P = Number("Prime1", half),
            Q = Number("Prime2", half),
            DP = Number("Exponent1", half),
            DQ = Number("Exponent2", half),
            InverseQ = Number("Coefficient", half),
        });
        return key.ExportPkcs8PrivateKey();

        // BIND leaves out leading zeros; .NET wants the full width.
        byte[] Number(string field, int length)
        {
            var octets = Convert.FromBase64String(fields[field]);
            return octets.Length >= length ? octets : [.. new byte[length - octets.Length], .. octets];
        }
    }

    private static string WritePrivate(DnssecSigningKey key)
    {
        var text = new StringBuilder("Private-key-format: v1.3\n");
        text.Append(CultureInfo.InvariantCulture, $"Algorithm: {(byte)key.Algorithm} ({key.Algorithm.Mnemonic()})\n");
        var der = key.ToPkcs8();
        foreach (var (name, octets) in key.Algorithm == DnssecAlgorithm.RsaSha256 ? RsaNumbers(der) : EcdsaNumbers(der))
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}: {Convert.ToBase64String(octets)}\n");
        }

        CryptographicOperations.ZeroMemory(der);
        return text.ToString();
    }

    private static string Times(DateTimeOffset? since)
    {
        var time = since is { } at ? SignatureTime.ToString((uint)at.ToUnixTimeSeconds()) : "";
        return since is null ? "" : $"Created: {time}\nPublish: {time}\nActivate: {time}\n";
    }

    private static (string, byte[])[] EcdsaNumbers(byte[] der)
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(der, out _);
        return [("PrivateKey", key.ExportParameters(includePrivateParameters: true).D!)];
    }

    private static (string, byte[])[] RsaNumbers(byte[] der)
    {
        using var key = RSA.Create();
        key.ImportPkcs8PrivateKey(der, out _);
        var numbers = key.ExportParameters(includePrivateParameters: true);
        (string Name, byte[] Octets)[] all =
        [
            ("Modulus", numbers.Modulus!), ("PublicExponent", numbers.Exponent!), ("PrivateExponent", numbers.D!), ("Prime1", numbers.P!),
            ("Prime2", numbers.Q!), ("Exponent1", numbers.DP!), ("Exponent2", numbers.DQ!), ("Coefficient", numbers.InverseQ!),
        ];

        // The platform fills numbers up to equal lengths; BIND writes none of these zeros.
        return [.. all.Select(number => (number.Name, number.Octets.AsSpan().TrimStart((byte)0).ToArray()))];
    }

    private static byte[] ReadAll(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeyStoreException(path, "There is no such file.", "Name BIND's K*.private files; each has its K*.key beside it.", exception);
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception))
        {
            throw KeyStoreException.CannotRead(path, exception);
        }
    }
}
