// Every kind of answer from a tree that AltoDns and BIND signed in alternation holds before every validator.

using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;

namespace AltoDns.Interop.Tests.Dnssec.Tree;

public sealed class TreeTests
{
    private const int LogLines = 10;

    // What "dnsviz grok" runs; Debian 12's pygraphviz has lost the module by which that tells its version.
    private const string Grok =
        "import sys, types, pygraphviz; pygraphviz.release = types.SimpleNamespace(version='1.7'); from dnsviz.commands import grok; grok.main(sys.argv[1:])";

    public static TheoryData<bool, DenialMethod, bool> Kinds => new()
    {
        { false, DenialMethod.Nsec, false },
        { true, DenialMethod.Nsec, false },
        { false, DenialMethod.Nsec3, false },
        { true, DenialMethod.Nsec3, true },
        { false, DenialMethod.Nsec3, true },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_answer_is_authenticated_or_plainly_insecure(bool isRootOurs, DenialMethod denial, bool optOut)
    {
        var kind = new TreeKind(isRootOurs, denial, optOut);
        await using var tree = await SignedTree.CreateAsync(kind);
        var faults = new List<string>();
        foreach (var name in RecursiveResolvers.Names)
        {
            var resolver = await tree.StartResolverAsync(name);
            var found = (await FindFaultsAsync(resolver, kind)).Select(fault => $"{name}: {fault}").ToList();
            faults.AddRange(found.Count == 0 ? found : [.. found, .. resolver.Log.Split('\n').TakeLast(LogLines)]);
        }

        Assert.True(faults.Count == 0, $"{kind}\n{string.Join('\n', faults)}");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Delv_validates_from_the_anchor(bool isRootOurs, DenialMethod denial, bool optOut)
    {
        ToolRunner.Require("delv");
        var kind = new TreeKind(isRootOurs, denial, optOut);
        await using var tree = await SignedTree.CreateAsync(kind);
        var resolver = await tree.StartResolverAsync("unbound");
        var words = tree.Root.Ds.Split(' ');
        var anchor = tree.Folder.Write("anchor.conf", $"trust-anchors {{ . static-ds {words[0]} {words[1]} {words[2]} \"{words[3]}\"; }};\n");
        var faults = new List<string>();
        await Parallel.ForEachAsync(TreeQuestion.Of(kind).Where(question => question.IsSecure == true), async (question, _) =>
        {
            var result = await tree.Network.RunAsync("delv", ["@127.0.0.1", "-p", $"{resolver.Endpoint.Port}", "-a", anchor, "+root=.", "-q", question.Name, "-t", $"{question.Type}"]);
            if (!$"{result.Output}{result.Errors}".Contains("fully validated", StringComparison.Ordinal))
            {
                lock (faults)
                {
                    faults.Add($"{question}\n{result}");
                }
            }
        });

        Assert.True(faults.Count == 0, $"{kind}\n{string.Join('\n', faults)}");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Dnsviz_reports_no_error_and_no_warning(bool isRootOurs, DenialMethod denial, bool optOut)
    {
        var kind = new TreeKind(isRootOurs, denial, optOut);
        await using var tree = await SignedTree.CreateAsync(kind);
        var (probe, grok) = (Path.Combine(tree.Folder.Path, "probe.json"), Path.Combine(tree.Folder.Path, "grok.json"));
        var probed = await tree.Network.RunAsync(
            "dnsviz",
            ["probe", "-4", "-A", "-a", ".", "-x", $".:{tree.Root.ServerName}={tree.Root.Server}", "-o", probe, .. DnsvizNames],
            TimeSpan.FromSeconds(120));
        Assert.True(probed.ExitCode == 0, $"{probed}");

        var grokked = await tree.Network.RunAsync("/usr/bin/python3", ["-c", Grok, "grok", "-l", "warning", "-t", tree.Folder.Write("anchor.key", tree.RootKey), "-r", probe, "-o", grok]);
        Assert.True(grokked.ExitCode == 0, $"{grokked}");
        var report = await File.ReadAllTextAsync(grok);
        Assert.True(report.Trim() is "" or "{}", $"{kind}\n{report}");
    }

    private static IEnumerable<string> DnsvizNames => [TreeZones.Isp, TreeZones.IspV6, TreeZones.PlainIsp, TreeZones.Customer, "5." + TreeZones.Isp];

    private static async Task<IEnumerable<string>> FindFaultsAsync(RunningServer resolver, TreeKind kind)
    {
        var questions = TreeQuestion.Of(kind);

        // Knot Resolver 5 sends one query for all requests that want the same name and type at a time, whatever servers they would ask. A request
        // can so get a referral from above its own zone cut, and SERVFAIL is what comes of it; one question after the other is safe.
        var client = resolver.PatientClient(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), window: resolver.Name == "Knot Resolver" ? 1 : 64);
        var answers = await client.TryAskAsync([.. questions.Select(question => new Query(DomainName.Parse(question.Name), question.Type) { RecursionDesired = true, UdpPayload = 4096, DnssecOk = true })]);
        return questions.Zip(answers).Where(pair => !IsRight(pair.First, pair.Second)).Select(pair => $"{pair.First}\n{pair.Second}");
    }

    private static bool IsRight(TreeQuestion question, Answer? answer) =>
        answer is not null
        && answer.ResponseCode == question.Code
        && answer.Answers.Count(record => record.Type != RecordType.RRSIG) == question.Answers
        && (question.IsSecure is not { } isSecure || answer.Header.Flags.HasFlag(MessageFlags.AuthenticData) == isSecure);
}
