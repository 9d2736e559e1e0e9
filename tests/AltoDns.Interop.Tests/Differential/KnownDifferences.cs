// Where NSD, Knot and BIND differ from each other, whom the RFC gives right, and where it leaves the matter open.

using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Differential;

/// <summary>One explained difference.</summary>
/// <param name="Name">A few words, unique.</param>
/// <param name="Server">Who departs; null where the RFCs leave the answer open, and one reference's answer is as good as another's.</param>
/// <param name="Section">The RFC section that decides or leaves open.</param>
/// <param name="Explanation">What departs from what.</param>
/// <param name="Covers">Whether the question is a case of it.</param>
public sealed record KnownDifference(string Name, string? Server, string Section, string Explanation, Func<AskedQuestion, bool> Covers)
{
    /// <summary>Where the answer is open: whether an answer is as good as a reference's, though another.</summary>
    public Func<NormalAnswer, NormalAnswer, bool> Accepts { get; init; } = (answer, reference) => answer.Agrees(reference);
}

public static class KnownDifferences
{
    /// <summary>Aliases in one answer from which on a chain counts as endless; servers give up between 5 and 20.</summary>
    private const int ManyAliases = 6;

    private const int KnotAliases = 5;

    public static IReadOnlyList<KnownDifference> All { get; } =
    [
        new(
            "one tree for all zones",
            NsdServer.Name,
            "RFC 1034 §4.2",
            "NSD keeps the names of all zones in one tree, so that what a parent zone has below its cut (glue, occluded data) makes names "
            + "and wildcards exist in the child zone, too. Zones are separate databases.",
            asked => asked.TouchesChildZone),
        new(
            "SERVFAIL for an endless alias",
            NamedServer.Name,
            "RFC 1034 §5.2.2",
            "BIND answers SERVFAIL when it has followed its fill of aliases. NSD and Knot give NOERROR and the aliases: the data is "
            + "what it is, and to detect the loop is the resolver's part.",
            asked => Is(asked, NamedServer.Name, ResponseCode.ServerFailure) && (asked.IsAliasLoop || asked.AliasCount >= ManyAliases)),
        new(
            "alias into another zone (BIND)",
            NamedServer.Name,
            "RFC 1034 §4.3.2",
            "BIND ends the answer where an alias leads into another of its zones. Step 3a goes back to step 1, which looks at all zones.",
            asked => asked.LeavesZone),
        new(
            "alias into another zone (Knot)",
            KnotServer.Name,
            "RFC 1034 §4.3.2",
            "As with BIND.",
            asked => asked.LeavesZone),
        new(
            "five aliases",
            KnotServer.Name,
            "RFC 1034 §4.3.2",
            "Knot stops after the fifth alias, without a negative answer or referral for the last target. The algorithm has no such limit.",
            asked => asked.AliasCount > KnotAliases),
        new(
            "glue from a wildcard (NSD)",
            NsdServer.Name,
            "RFC 1034 §4.3.3",
            "NSD makes glue from a wildcard below the cut. A wildcard does not reach into a delegated zone, and its addresses would be made up.",
            asked => HasMadeUpGlue(asked, NsdServer.Name)),
        new(
            "glue from a wildcard (Knot)",
            KnotServer.Name,
            "RFC 1034 §4.3.3",
            "As with NSD.",
            asked => HasMadeUpGlue(asked, KnotServer.Name)),
        new(
            "glue left out by BIND",
            NamedServer.Name,
            "RFC 9471 §3.1",
            "BIND sends what glue fits a datagram, without TC.",
            asked => LeavesOutGlue(asked, NamedServer.Name)),
        new(
            "glue left out by NSD",
            NsdServer.Name,
            "RFC 9471 §3.1",
            "As with BIND, though less often.",
            asked => LeavesOutGlue(asked, NsdServer.Name)),
        new(
            "SOA left out",
            KnotServer.Name,
            "RFC 2308 §3, RFC 2181 §9",
            "Knot drops the SOA of a negative answer without TC where it does not fit a datagram.",
            asked => asked.Answers.TryGetValue(KnotServer.Name, out var answer)
                && answer.Answer.Authority.Count == 0
                && asked.Answers.Values.Any(other => other.Answer.Authority.Any(record => record.Type == RecordType.SOA))),
        new(
            "wildcard NS",
            null,
            "RFC 4592 §4.2",
            "An NS RRset at a wildcard has no defined meaning: NSD synthesizes it as data, Knot takes the wildcard for a zone cut, BIND "
            + "refuses the zone. AltoDns serves it as data, also at the wildcard itself.",
            asked => asked.Zone.Peculiarity == ZonePeculiarity.WildcardNameServers && IsNearWildcardCut(asked))
        {
            Accepts = (_, _) => true,
        },
        new(
            "endless DNAME",
            null,
            "RFC 6672 §2.2, RFC 1034 §3.6.2",
            "A DNAME that leads back into itself can be applied until the name is too long. Each server has a limit of its own.",
            asked => asked.HasDname && (asked.IsAliasLoop || asked.AliasCount >= ManyAliases))
        {
            Accepts = (answer, reference) => answer.BeginsAlike(reference),
        },
        new(
            "ANY stops at a synthesized CNAME",
            NamedServer.Name,
            "RFC 6672 §3.2",
            "BIND takes the synthesized CNAME for a match of ANY. The algorithm's step 3.C goes on with the target for every QTYPE.",
            asked => asked.Query.Type == RecordType.ANY && asked.HasDname),
        new(
            "NSEC or RRSIG at an alias",
            null,
            "RFC 4035 §2.5",
            "The one RRset that may stand beside a CNAME is asked for. Knot and BIND look for it at the alias, NSD follows the alias.",
            asked => asked.Query.Type is RecordType.NSEC or RecordType.RRSIG && asked.AllAnswers.Any(record => record.Type == RecordType.CNAME))
        {
            // Where NSD does not have the zone nobody follows the alias but the one that is compared.
            Accepts = (answer, reference) => answer.Agrees(reference) || (answer.HasAlias && !reference.HasAlias),
        },
        new(
            "DNAME twice",
            KnotServer.Name,
            "RFC 2181 §5",
            "Knot gives a DNAME a second time where it leads to its own owner and is what was asked for. An RRset has no duplicates.",
            asked => asked.Query.Type is RecordType.DNAME or RecordType.ANY && asked.HasDname),
        new(
            "no YXDOMAIN after an alias",
            NsdServer.Name,
            "RFC 6672 §2.2",
            "NSD says NOERROR where the name gets too long only at a later DNAME of a chain. BIND and Knot say YXDOMAIN there, too.",
            asked => asked.HasDname
                && asked.Answers.Values.Any(answer => answer.Answer.ResponseCode == ResponseCode.YXDomain)
                && asked.AllAnswers.Any(record => record.Type == RecordType.CNAME)),
        new(
            "SOA beside YXDOMAIN",
            KnotServer.Name,
            "RFC 6672 §2.2, RFC 2308 §3",
            "Knot adds the SOA, or says NXDOMAIN, where a name would be too long after a DNAME. YXDOMAIN is no negative answer.",
            asked => asked.HasDname && asked.Answers.Values.Any(answer => answer.Answer.ResponseCode == ResponseCode.YXDomain)),
        new(
            "NSEC3 at an alias",
            NsdServer.Name,
            "RFC 1034 §4.3.2",
            "NSD does not follow an alias that is asked for NSEC3. No alias owns that type, so step 3a goes on with its target.",
            asked => asked.Query.Type == RecordType.NSEC3 && asked.AllAnswers.Any(record => record.Type == RecordType.CNAME)),
        new(
            "proof left out by NSD",
            NsdServer.Name,
            "RFC 5155 §7.2.5, RFC 4035 §3.1.3.2",
            "NSD leaves out the NSEC3 of the closest encloser where a wildcard lacks the type, and the NSEC that covers a name made by a DNAME.",
            asked => LeavesOutProof(asked, NsdServer.Name)),
        new(
            "proof left out by Knot",
            KnotServer.Name,
            "RFC 5155 §7.2.5",
            "Knot takes every name that starts with an asterisk for the wildcard itself, and leaves out the closest encloser. Of a wildcard that "
            + "is an empty non-terminal it does not prove that it has no types.",
            asked => LeavesOutProof(asked, KnotServer.Name)),
        new(
            "proof left out by BIND",
            NamedServer.Name,
            "RFC 4035 §3.1.3.4",
            "Of a wildcard that is an empty non-terminal BIND does not prove that it has no types.",
            asked => LeavesOutProof(asked, NamedServer.Name)),
        new(
            "NSEC at a cut",
            NamedServer.Name,
            "RFC 1034 §4.3.2, RFC 4035 §3.1.4.1",
            "BIND answers with the NSEC of the parent's side. Step 3b refers to the child, and only DS is excepted.",
            asked => asked.Query.Type == RecordType.NSEC && asked.Zone.Records.Any(record =>
                record.Type == RecordType.NS && record.Owner != asked.Zone.Origin && asked.AllNames.Contains(record.Owner))),
        new(
            "proof longer than needed (NSD)",
            NsdServer.Name,
            "RFC 4035 §3.1.3, RFC 5155 §7.2",
            "NSD adds an NSEC3 that denies a wildcard's own name as if it was expanded, and NSEC records that prove nothing more.",
            asked => ProvesMoreThanNeeded(asked, NsdServer.Name)),
        new(
            "wildcard DNAME",
            null,
            "RFC 6672 §3.3, RFC 4592 §4.4",
            "A DNAME at a wildcard has no defined meaning; Knot synthesizes it at the name asked for, NSD and BIND do not.",
            asked => asked.Zone.Records.Any(record => record.Type == RecordType.DNAME && record.Owner.IsWildcard) && asked.HasDname),
    ];

    private static bool IsNearWildcardCut(AskedQuestion asked)
    {
        var parents = asked.Zone.Records.Where(record => record.Type == RecordType.NS && record.Owner.IsWildcard).Select(record => record.Owner.Parent).ToList();
        return asked.AllNames.Any(name => parents.Exists(parent => name.IsSubdomainOf(parent)));
    }

    private static bool LeavesOutGlue(AskedQuestion asked, string server) =>
        asked.Answers.TryGetValue(server, out var answer)
        && asked.Answers.Values.Any(other => WrittenGlue(asked, other) > WrittenGlue(asked, answer) && other.AgreesExceptGlue(answer));

    private static bool LeavesOutProof(AskedQuestion asked, string server) =>
        asked.IsSigned && asked.Answers.TryGetValue(server, out var answer) && answer.ProofFault is not null
        && asked.Answers.Values.Any(other => other.ProofFault is null && other.AgreesExceptProofs(answer));

    private static bool ProvesMoreThanNeeded(AskedQuestion asked, string server) =>
        asked.IsSigned && asked.Answers.TryGetValue(server, out var answer)
        && asked.Answers.Values.Any(other => other.ProofFault is null && answer.ProvesMoreThan(other));

    private static bool HasMadeUpGlue(AskedQuestion asked, string server) =>
        asked.Answers.TryGetValue(server, out var answer) && answer.Glue.Count > WrittenGlue(asked, answer);

    /// <summary>The glue records whose owner is in the zone as it was written.</summary>
    private static int WrittenGlue(AskedQuestion asked, NormalAnswer answer) =>
        answer.Glue.Count(glue => asked.Zone.Records.Any(record => record.Owner == glue.Owner));

    private static bool Is(AskedQuestion asked, string server, ResponseCode code) =>
        asked.Answers.TryGetValue(server, out var answer) && answer.Answer.ResponseCode == code;
}
