// What became of a query (IANA "DNS RCODEs"). Codes over 15 need EDNS (RFC 6891 §6.1.3).

namespace AltoDns.Protocol.Messages;

public enum ResponseCode : ushort
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
    YXDomain = 6,
    YXRRset = 7,
    NXRRset = 8,
    NotAuth = 9,
    NotZone = 10,
    BadVersion = 16,
    BadKey = 17,
    BadTime = 18,
    BadTruncation = 22,
    BadCookie = 23,
}

public static class ResponseCodes
{
    /// <summary>The mnemonic that dig prints, such as <c>NXDOMAIN</c>; <c>RCODE</c> and the number for others.</summary>
    public static string Mnemonic(this ResponseCode code) => code switch
    {
        ResponseCode.NoError => "NOERROR",
        ResponseCode.FormatError => "FORMERR",
        ResponseCode.ServerFailure => "SERVFAIL",
        ResponseCode.NameError => "NXDOMAIN",
        ResponseCode.NotImplemented => "NOTIMP",
        ResponseCode.Refused => "REFUSED",
        ResponseCode.BadVersion => "BADVERS",
        ResponseCode.BadTruncation => "BADTRUNC",
        ResponseCode.YXDomain or ResponseCode.YXRRset or ResponseCode.NXRRset or ResponseCode.NotAuth or ResponseCode.NotZone
            or ResponseCode.BadKey or ResponseCode.BadTime or ResponseCode.BadCookie => code.ToString().ToUpperInvariant(),
        _ => $"RCODE{(ushort)code}",
    };
}
