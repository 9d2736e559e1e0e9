// Why an address gets the answer that it gets, in a form for people and programs.


namespace AltoDns.Web.Explaining;

/// <param name="Address">The address or prefix asked about.</param>
/// <param name="Policy">The policy whose zone holds it; null where no policy does.</param>
/// <param name="Zone">The zone that answers for it; null where none does.</param>
/// <param name="Assignment">The assignment with the longest prefix that covers it.</param>
/// <param name="Overridden">Assignments that cover it too, longest first.</param>
/// <param name="Delegation">The delegation that takes it out of this policy's hands.</param>
/// <param name="Verdict">One sentence.</param>
/// <param name="Dnssec">Whether the answer can be validated, one sentence; null where no zone answers.</param>
/// <param name="Names">What each name that RFC 8686 looks up answers, in the order of its table.</param>
/// <param name="Dig">A command that asks for the first of them.</param>
/// <param name="Peers">What a tracker gets that knows more than the address; empty where nothing more was given.</param>
public sealed record Explanation(
    string Address,
    string? Policy,
    string? Zone,
    ExplainedAssignment? Assignment,
    IReadOnlyList<ExplainedAssignment> Overridden,
    ExplainedPlace? Delegation,
    string Verdict,
    string? Dnssec,
    IReadOnlyList<ExplainedName> Names,
    string Dig,
    IReadOnlyList<ExplainedPeer> Peers);

/// <param name="Key">The ID or port: <c>peer c1f3.north</c>.</param>
/// <param name="Why">What matched, one sentence.</param>
/// <param name="Place">Where the rule stands; null where none matched.</param>
/// <param name="Answer">What the name answers.</param>
/// <param name="Dig">A command that asks for it.</param>
public sealed record ExplainedPeer(string Key, string Why, string? Place, ExplainedName Answer, string Dig);

public sealed record ExplainedAssignment(string Prefix, string Server, IReadOnlyList<string> Uris, string Place);

public sealed record ExplainedPlace(string Prefix, string Place);

/// <param name="Rule">The name's designation in RFC 8686, such as R24.</param>
/// <param name="IsServed">Whether a zone here encloses it; another operator answers for it otherwise.</param>
/// <param name="HasServer">Whether a client that arrives here stops: the answer has a NAPTR for ALTO.</param>
/// <param name="ResponseCode">As dig prints it.</param>
/// <param name="Answers">Records of the answer section, in presentation form.</param>
/// <param name="Dynamic">Records of the name that updates have added or taken out; null for what policy and files say alone.</param>
/// <param name="Referral">The authority section's NS where the answer is a referral.</param>
public sealed record ExplainedName(
    string Rule,
    string Name,
    bool IsServed,
    bool HasServer,
    string ResponseCode,
    IReadOnlyList<string> Answers,
    IReadOnlyList<string> Referral,
    IReadOnlyList<DynamicRecordJson>? Dynamic);
