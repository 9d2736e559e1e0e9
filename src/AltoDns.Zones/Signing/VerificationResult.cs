// What is wrong with a signed zone.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Signing;

/// <summary>The outcome of a check of a signed zone.</summary>
/// <param name="Faults">Sentences without a full stop, such as <c>www.example. A: the signature of key 4711 has expired</c>; the first ones where there are many.</param>
/// <param name="FaultCount">All of them.</param>
/// <param name="SignaturesChecked">Signatures that were verified with a key.</param>
public sealed record VerificationResult(IReadOnlyList<string> Faults, int FaultCount, int SignaturesChecked)
{
    public bool IsValid => FaultCount == 0;

    /// <summary>The first faults in one line.</summary>
    public override string ToString() => IsValid
        ? $"{SignaturesChecked} signatures are valid"
        : string.Join("; ", Faults) + (FaultCount > Faults.Count ? $"; and {FaultCount - Faults.Count} more" : "");
}

/// <summary>Collects faults. Not safe for several threads.</summary>
internal sealed class FaultList
{
    /// <summary>So many show what is wrong; a zone may have millions.</summary>
    private const int MaxKept = 10;

    private readonly List<string> _faults = [];

    public int Count { get; private set; }

    public int SignaturesChecked { get; set; }

    public void Add(string fault)
    {
        if (Count++ < MaxKept)
        {
            _faults.Add(fault);
        }
    }

    public void Add(ReadOnlySpan<byte> owner, RecordType type, string fault)
    {
        DomainName.TryFromWire(owner, out var name);
        Add($"{name} {type.Mnemonic()}: {fault}");
    }

    public static VerificationResult Sum(IEnumerable<FaultList> lists)
    {
        var all = lists.ToList();
        return new VerificationResult(
            [.. all.SelectMany(list => list._faults).Take(MaxKept)], all.Sum(list => list.Count), all.Sum(list => list.SignaturesChecked));
    }
}
