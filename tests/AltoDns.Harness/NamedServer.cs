// BIND (ISC) as a peer: authoritative only, no traffic of its own, everything it writes in its own folder.

using System.Text;

namespace AltoDns.Harness;

public static class NamedServer
{
    public const string Name = "BIND";

    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(180);

    /// <inheritdoc cref="Recipe"/>
    public static Task<RunningServer> StartAsync(IReadOnlyList<ServedZone> zones, bool minimalResponses = false) =>
        RunningServer.StartAsync(Recipe(zones, minimalResponses), zones, LoadTimeout);

    /// <param name="zones">What it loads.</param>
    /// <param name="minimalResponses">Whether it leaves out what the answer does not need (its <c>minimal-responses</c>).</param>
    public static ServerRecipe Recipe(IReadOnlyList<ServedZone> zones, bool minimalResponses = false) =>
        new(Name, ToolRunner.Require("named"), (folder, port) => ["-g", "-n", "1", "-c", Configure(folder, port, zones, minimalResponses)]);

    private static string Configure(TemporaryFolder folder, int port, IReadOnlyList<ServedZone> zones, bool minimalResponses)
    {
        // The checks turned off are of taste (host names, missing addresses); whatever is left makes a zone unusable.
        var text = new StringBuilder($$"""
            options {
              directory "{{folder.Path}}";
              pid-file none;
              lock-file none;
              session-keyfile none;
              managed-keys-directory "{{folder.Path}}";
              listen-on port {{port}} { 127.0.0.1; };
              listen-on-v6 { none; };
              recursion no;
              dnssec-validation no;
              notify no;
              empty-zones-enable no;
              querylog no;
              minimal-any no;
              zero-no-soa-ttl no;
              minimal-responses {{(minimalResponses ? "yes" : "no")}};
              check-integrity no;
              check-names primary ignore;
              check-mx ignore;
              check-mx-cname ignore;
              check-srv-cname ignore;
              check-sibling no;
              check-spf ignore;
              check-wildcard no;
              check-dup-records ignore;
            };
            controls { };

            """);
        foreach (var zone in zones)
        {
            text.Append($"zone {zone.QuotedOrigin} {{ type primary; file \"{zone.File}\"; }};\n");
        }

        return folder.Write("named.conf", text.ToString());
    }
}
