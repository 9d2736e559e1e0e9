// What the validation of one answer may cost at most, whatever a hostile zone puts into it (CVE-2023-50387, CVE-2023-50868).

namespace AltoDns.Discovery.Validating;

/// <summary>For one answer, used by one task.</summary>
internal sealed class WorkBudget
{
    /// <summary>Signatures of one RRset that are looked at.</summary>
    public const int MaxSignatures = 8;

    /// <summary>Keys of one zone with the same tag and algorithm that are tried; honest zones have one, seldom two.</summary>
    public const int MaxKeysPerTag = 4;

    /// <summary>Keys of one zone that are looked at.</summary>
    public const int MaxKeys = 32;

    /// <summary>NSEC3 iterations beyond which a zone counts as unsigned, as common validators have it (RFC 9276 §3.2).</summary>
    public const int MaxIterations = 150;

    private int _verifications = 64;
    private int _failures = 16;
    private int _hashes = 16_384;
    private int _queries = 96;

    /// <summary>False where no more signatures may be verified.</summary>
    public bool TryVerify() => _failures > 0 && _verifications-- > 0;

    public void AddFailure() => _failures--;

    /// <summary>False where no more names may be hashed.</summary>
    public bool TryHash(int iterations) => (_hashes -= iterations + 1) >= 0;

    /// <summary>False where no more questions may be asked.</summary>
    public bool TryAsk() => _queries-- > 0;
}
