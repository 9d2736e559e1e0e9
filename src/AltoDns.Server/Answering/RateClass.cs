// By what an answer is told apart from others where answers are counted.

using System.Runtime.CompilerServices;
using AltoDns.Protocol.Messages;
using AltoDns.Server.Protection;

namespace AltoDns.Server.Answering;

internal static class RateClass
{
    private const ulong ChaosOwner = ulong.MaxValue;

    /// <summary>The class of a planned answer, and what within the class it is about.</summary>
    /// <param name="owner">
    /// The same for the same answer until the zone is loaded anew: the RRset, so that names from one wildcard are one, or the zone where
    /// an endless number of names has the answer.
    /// </param>
    public static AnswerClass Of(AnswerPlan plan, out ulong owner)
    {
        owner = 0;
        if (plan.ResponseCode is not (ResponseCode.NoError or ResponseCode.NameError))
        {
            return AnswerClass.Error;
        }

        if (plan.Zone is not { } zone || plan.RRsets.IsEmpty)
        {
            owner = ChaosOwner;
            return AnswerClass.Positive;
        }

        owner = (ulong)RuntimeHelpers.GetHashCode(zone) << 32;
        if (plan.ResponseCode == ResponseCode.NameError)
        {
            return AnswerClass.NameError;
        }

        ref readonly var first = ref plan.RRsets[0];
        if (first.Section == Section.Answer)
        {
            owner |= (uint)first.RRset;
            return AnswerClass.Positive;
        }

        if (plan.IsAuthoritative)
        {
            return AnswerClass.NoData;
        }

        owner |= (uint)first.RRset;
        return AnswerClass.Referral;
    }

    /// <summary>Milliseconds since 1970.</summary>
    public static long TimeOf(in QueryContext context) => (context.UnixTime * 1000L) + context.Milliseconds;
}
