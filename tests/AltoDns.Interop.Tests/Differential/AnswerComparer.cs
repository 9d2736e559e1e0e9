// Decides whether answers agree, once known differences are set aside.

using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Differential;

public static class AnswerComparer
{
    /// <summary>Whether all references that the known differences leave agree with each other.</summary>
    public static bool ReferencesAgree(AskedQuestion asked)
    {
        var left = Left(asked, asked.Answers.Keys);
        return IsOpen(asked) || left.TrueForAll(answer => answer.Agrees(left[0]));
    }

    /// <summary>Whether a server agrees with all references that the known differences leave; where the RFCs leave the answer open, with any one.</summary>
    /// <param name="asked">The question; the server is one of those that answered.</param>
    /// <param name="subject">The server's name.</param>
    public static bool AgreesWithReferences(AskedQuestion asked, string subject)
    {
        var answer = asked.Answers[subject];
        var references = asked.Answers.Keys.Where(name => !string.Equals(name, subject, StringComparison.Ordinal)).ToList();
        var left = Left(asked, references);
        var open = Covering(asked).Where(difference => difference.Server is null).ToList();
        return left.Count == 0
            || (open.Count > 0
                ? open.Exists(difference => references.Exists(name => difference.Accepts(answer, asked.Answers[name])))
                : left.TrueForAll(answer.Agrees));
    }

    /// <summary>Whether each alias stands before what it leads to, as stub resolvers read it (RFC 1034 §4.3.2: appended in the order found).</summary>
    public static bool HasAliasesInOrder(NormalAnswer answer)
    {
        var name = answer.Answer.Question?.Name;
        foreach (var record in answer.Answer.Answers.Where(record => record.Type is not (RecordType.DNAME or RecordType.RRSIG)))
        {
            if (record.Owner != name)
            {
                return false;
            }

            // A question for the alias itself ends there; the loop sees no further record.
            name = record.Type == RecordType.CNAME ? AskedQuestion.Target(record) : name;
        }

        return true;
    }

    /// <summary>The differences that the question is a case of.</summary>
    public static IEnumerable<KnownDifference> Covering(AskedQuestion asked) => KnownDifferences.All.Where(difference => difference.Covers(asked));

    private static bool IsOpen(AskedQuestion asked) => Covering(asked).Any(difference => difference.Server is null);

    private static List<NormalAnswer> Left(AskedQuestion asked, IEnumerable<string> references)
    {
        var departing = Covering(asked).Select(difference => difference.Server).ToHashSet(StringComparer.Ordinal);
        return [.. references.Where(name => !departing.Contains(name)).Select(name => asked.Answers[name])];
    }
}
