// Who is told of single questions.

namespace AltoDns.Server.Observing.Tap;

/// <summary>Both off without values.</summary>
public sealed record TapOptions
{
    /// <summary>The Unix socket of a dnstap reader; null for none.</summary>
    public string? DnstapSocket { get; init; }

    /// <summary>What dnstap messages say of which server this is; empty for nothing.</summary>
    public string Identity { get; init; } = "";

    /// <summary>One question in so many is logged; 0 for none.</summary>
    public int SampleOneIn { get; init; }

    /// <summary>The file that sampled questions go to; null for the log.</summary>
    public string? SampleFile { get; init; }

    public bool IsOn => DnstapSocket is not null || SampleOneIn > 0;
}
