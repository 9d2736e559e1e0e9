// One question and its answer on their way to who watches.

using AltoDns.Server.Answering;

namespace AltoDns.Server.Observing.Tap;

/// <summary>Used again and again; filled by one worker, read by one writer.</summary>
internal sealed class TapEntry
{
    /// <summary>Octets of question and answer together; longer ones are not passed on.</summary>
    public const int MaxLength = 16 * 1024;

    private const int UsualLength = 512;
    private const int AddressLength = 16;

    private readonly byte[] _address = new byte[AddressLength];
    private byte[] _octets = new byte[UsualLength];
    private int _addressLength;
    private int _requestLength;
    private int _responseLength;

    /// <summary>Whose turn the place is; see <see cref="TapRing"/>.</summary>
    public long Sequence;

    public ReadOnlySpan<byte> Request => _octets.AsSpan(0, _requestLength);

    /// <summary>Empty where nothing was sent at once.</summary>
    public ReadOnlySpan<byte> Response => _octets.AsSpan(_requestLength, _responseLength);

    /// <summary>4 or 16 octets.</summary>
    public ReadOnlySpan<byte> ClientAddress => _address.AsSpan(0, _addressLength);

    public ushort ClientPort { get; private set; }

    public Transport Transport { get; private set; }

    public bool IsEncrypted { get; private set; }

    public bool IsHttp { get; private set; }

    /// <summary>Milliseconds since 1970.</summary>
    public long UnixTime { get; private set; }

    public void Fill(ReadOnlySpan<byte> request, ReadOnlySpan<byte> response, in QueryContext context)
    {
        if (_octets.Length < request.Length + response.Length)
        {
            // Grows towards MaxLength once, and stays.
            _octets = new byte[Math.Min(MaxLength, 2 * (request.Length + response.Length))];
        }

        request.CopyTo(_octets);
        response.CopyTo(_octets.AsSpan(request.Length));
        context.ClientAddress.CopyTo(_address);
        _requestLength = request.Length;
        _responseLength = response.Length;
        _addressLength = context.ClientAddress.Length;
        ClientPort = context.ClientPort;
        Transport = context.Transport;
        IsEncrypted = context.IsEncrypted;
        IsHttp = context.IsHttp;
        UnixTime = RateClass.TimeOf(context);
    }
}
