// What is agreed on with TLS clients: the certificate that is shown, and whether one is wanted (RFC 7858, RFC 9103).

using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AltoDns.Server.Reloading;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Listening;

/// <summary>The certificate could not be read when the server started.</summary>
public sealed class TlsCertificateException(string message, Exception cause) : Exception(message, cause);

/// <summary>Looks now and then whether the files have changed; what cannot be read leaves the certificate in use. Safe for any number of threads.</summary>
public sealed class TlsTerms
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private readonly TlsOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly List<SslApplicationProtocol> _protocols;
    private readonly Lock _gate = new();
    private SslServerAuthenticationOptions _current;
    private FileStamp[] _stamps;
    private long _looked;

    /// <param name="protocols">What is spoken inside, as TLS names it (RFC 7301).</param>
    /// <exception cref="TlsCertificateException">A file cannot be read, or the key is not that of the certificate.</exception>
    public TlsTerms(TlsOptions options, TimeProvider timeProvider, ILogger logger, params IEnumerable<SslApplicationProtocol> protocols)
    {
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _protocols = [.. protocols];
        _stamps = Stamps();
        _looked = timeProvider.GetTimestamp();
        try
        {
            _current = Load();
        }
        catch (Exception exception) when (IsFault(exception))
        {
            throw new TlsCertificateException($"{options.CertificateFile}: the certificate cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>The terms for the next client.</summary>
    public SslServerAuthenticationOptions Current
    {
        get
        {
            lock (_gate)
            {
                if (_timeProvider.GetElapsedTime(_looked) >= LookInterval)
                {
                    _looked = _timeProvider.GetTimestamp();
                    LoadAgain();
                }

                return _current;
            }
        }
    }

    private void LoadAgain()
    {
        var stamps = Stamps();
        if (stamps.AsSpan().SequenceEqual(_stamps))
        {
            return;
        }

        try
        {
            _current = Load();
            _logger.CertificateLoaded(_options.CertificateFile);
        }
        catch (Exception exception) when (IsFault(exception))
        {
            _logger.CertificateNotLoaded(_options.CertificateFile, exception.Message.TrimEnd('.'));
        }

        _stamps = stamps;
    }

    private SslServerAuthenticationOptions Load()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_options.CertificateFile);
        using var read = X509Certificate2.CreateFromPemFile(_options.CertificateFile, _options.KeyFile);

        // A key that only memory holds is not taken by every platform's TLS.
        var certificate = OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pfx), null) : new X509Certificate2(read);
        var authorities = new X509Certificate2Collection();
        if (_options.ClientAuthorities is { } file)
        {
            authorities.ImportFromPemFile(file);
        }

        return new SslServerAuthenticationOptions
        {
            // RFC 9103 §7.1 wants TLS 1.3 for transfers; every client of DNS over TLS or HTTPS has it.
            EnabledSslProtocols = SslProtocols.Tls13,

            ApplicationProtocols = [.. _protocols],
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            ClientCertificateRequired = _options.ClientAuthorities is not null,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = _options.ClientAuthorities is null ? null : ClientPolicy(authorities),
        };
    }

    private static X509ChainPolicy ClientPolicy(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);

        // id-kp-clientAuth (RFC 5280 §4.2.1.12).
        policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        return policy;
    }

    private FileStamp[] Stamps() =>
    [
        FileStamp.Of(_options.CertificateFile),
        FileStamp.Of(_options.KeyFile),
        _options.ClientAuthorities is { } file ? FileStamp.Of(file) : default,
    ];

    private static bool IsFault(Exception exception) =>
        exception is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException;
}
