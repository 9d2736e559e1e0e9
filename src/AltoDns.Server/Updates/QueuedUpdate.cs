// An update on its way from the socket to the disk and back.

using System.Net;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Security;
using AltoDns.Server.Listening;

namespace AltoDns.Server.Updates;

/// <summary>Authenticated and readable; what it wants is not looked at yet.</summary>
internal sealed class QueuedUpdate(UpdateMessage message, TsigResponder tsig, SignedRequest request, IPAddress client, PendingAnswer answer)
{
    public UpdateMessage Message { get; } = message;

    public SignedRequest Request { get; } = request;

    public IPAddress Client { get; } = client;

    /// <summary>What the client is told.</summary>
    public ResponseCode Code { get; set; } = ResponseCode.ServerFailure;

    /// <summary>The lease that was granted; null for none.</summary>
    public UpdateLease? Granted { get; set; }

    /// <summary>Whether <see cref="Code"/> is what a repetition is to be told too.</summary>
    public bool IsFinal { get; set; }

    /// <summary>The request is not the first of its kind: the client gets BADTIME (RFC 8945 §5.2.3).</summary>
    public void RejectAsReplayed()
    {
        Code = ResponseCode.NotAuth;
        tsig.RejectTime();
    }

    /// <summary>Sends the answer; once.</summary>
    public void Answer(long unixTime)
    {
        using (tsig)
        {
            Span<byte> response = stackalloc byte[UpdateResponse.MaxLength];
            answer.Complete(response[..UpdateResponse.Write(response, Message, Code, Granted, tsig, unixTime)]);
        }
    }
}
