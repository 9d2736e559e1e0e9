// The state folder: for each zone a folder with its private keys and what is known of them.
//
//   STATE/keys/2.0.192.in-addr.arpa/keys.json        roles, times, how far each key has spread
//                                   013-20073.pem    a private key, PKCS #8

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;

namespace AltoDns.Zones.Keys;

/// <summary>
/// Stores keys. Every file is written whole or not at all, readable for its owner alone. Methods throw <see cref="KeyStoreException"/>
/// where the folder does not let them. Several programs may use one folder: who changes something holds the zone's lock.
/// </summary>
public sealed class KeyStore(string folder)
{
    private const string KeyExtension = ".pem";
    private const string PemLabel = "PRIVATE KEY";

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    /// <summary>The state folder.</summary>
    public string Folder { get; } = folder;

    private string ZonesFolder => Path.Combine(Folder, "keys");

    /// <summary>The zones that have keys here, in canonical order.</summary>
    public IReadOnlyList<DomainName> ListZones()
    {
        try
        {
            return !Directory.Exists(ZonesFolder)
                ? []
                : [.. Directory.EnumerateDirectories(ZonesFolder).Select(NameOf).OfType<DomainName>().Order()];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw KeyStoreException.CannotRead(ZonesFolder, exception);
        }
    }

    /// <summary>What is stored of a zone's keys; null where it never had any.</summary>
    public ZoneKeyState? Load(DomainName apex)
    {
        var path = Path.Combine(FolderOf(apex), KeyStateFile.Name);
        try
        {
            if (File.Exists(path))
            {
                PrivateFile.RequirePrivate(FolderOf(apex));
                return KeyStateFile.Read(path, File.ReadAllBytes(path), apex);
            }

            if (Directory.Exists(FolderOf(apex)) && Directory.EnumerateFiles(FolderOf(apex), "*" + KeyExtension).Any())
            {
                throw new KeyStoreException(
                    path, $"It is missing, and there are keys of {apex} beside it.", "Restore it from a backup, or import the keys into another state folder.");
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw KeyStoreException.CannotRead(path, exception);
        }
    }

    /// <summary>Takes the right to change a zone's keys until disposed; waits ten seconds for another who has it.</summary>
    public IDisposable Lock(DomainName apex)
    {
        PrivateFile.MakeFolder(ZonesFolder);
        PrivateFile.MakeFolder(FolderOf(apex));
        var path = Path.Combine(FolderOf(apex), ".lock");
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (waiting.Elapsed >= LockPatience || !File.Exists(path))
            {
                throw KeyStoreException.CannotWrite(path, exception);
            }
            catch (IOException)
            {
                Thread.Sleep(LockPause);
            }
            catch (UnauthorizedAccessException exception)
            {
                throw KeyStoreException.CannotWrite(path, exception);
            }
        }
    }

    /// <summary>Stores what is known of a zone's keys, then deletes the private keys that it no longer names.</summary>
    /// <param name="removed">Tags and algorithms of the keys that went.</param>
    public void Save(ZoneKeyState state, IEnumerable<ZoneKey> removed)
    {
        PrivateFile.Write(Path.Combine(FolderOf(state.Apex), KeyStateFile.Name), KeyStateFile.Write(state));
        foreach (var path in removed.Select(key => PathOf(state.Apex, key)))
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw KeyStoreException.CannotWrite(path, exception);
            }
        }
    }

    /// <summary>Stores a private key, before anything names it.</summary>
    public void SaveKey(DomainName apex, DnssecSigningKey key)
    {
        var der = key.ToPkcs8();
        var pem = Encoding.ASCII.GetBytes(PemEncoding.WriteString(PemLabel, der) + "\n");
        try
        {
            PrivateFile.Write(PathOf(apex, (byte)key.Algorithm, key.Tag), pem);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    /// <summary>Reads a private key and makes sure that it is the one that the zone has.</summary>
    public DnssecSigningKey OpenKey(DomainName apex, ZoneKey key)
    {
        var path = PathOf(apex, key);
        var octets = ReadKeyFile(path, apex);
        try
        {
            var signingKey = Parse(path, octets, key);
            if (!signingKey.Data.Equals(key.Public))
            {
                signingKey.Dispose();
                throw new KeyStoreException(path, $"It is another key than {key.Tag}, which {apex} has.", "Restore the file from a backup.");
            }

            return signingKey;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    /// <summary>The file of a private key.</summary>
    public string PathOf(DomainName apex, ZoneKey key) => PathOf(apex, (byte)key.Algorithm, key.Tag);

    private static byte[] ReadKeyFile(string path, DomainName apex)
    {
        try
        {
            PrivateFile.RequirePrivate(path);
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeyStoreException(
                path,
                $"This private key of {apex} is missing; no other is made in its place.",
                "Restore the file from a backup. If it is lost, have the parent remove the zone's DS records, wait for their TTL, then remove the folder.",
                exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw KeyStoreException.CannotRead(path, exception);
        }
    }

    private static DnssecSigningKey Parse(string path, byte[] octets, ZoneKey key)
    {
        var der = Array.Empty<byte>();
        try
        {
            var text = Encoding.ASCII.GetString(octets);
            if (PemEncoding.TryFind(text, out var fields) && text[fields.Label] == PemLabel)
            {
                der = Convert.FromBase64String(text[fields.Base64Data]);
                if (DnssecSigningKey.TryFromPkcs8(der, key.Algorithm, key.Public.Flags, out var signingKey))
                {
                    return signingKey;
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }

        throw new KeyStoreException(
            path, $"It is no private key of algorithm {key.Algorithm.Mnemonic()} in PKCS #8 PEM, or not a whole one.", "Restore the file from a backup.");
    }

    private string PathOf(DomainName apex, byte algorithm, ushort tag) =>
        Path.Combine(FolderOf(apex), string.Create(CultureInfo.InvariantCulture, $"{algorithm:D3}-{tag:D5}{KeyExtension}"));

    private string FolderOf(DomainName apex) => Path.Combine(ZonesFolder, StateFileName.Of(apex));

    private DomainName? NameOf(string path)
    {
        var text = Uri.UnescapeDataString(Path.GetFileName(path));
        return DomainName.TryParse(Encoding.UTF8.GetBytes(text == "@" ? "." : text), DomainName.Root, out var name) == NameError.None
            && FolderOf(name) == path ? name : null;
    }
}
