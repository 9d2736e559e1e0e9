// A primary did not give what it was asked for.

namespace AltoDns.Server.Transfers.Incoming;

/// <summary>What went wrong, as the end of a sentence. What came up to then is not used.</summary>
internal class TransferException(string fault, Exception? cause = null) : Exception(fault, cause);

/// <summary>An incremental transfer went wrong where a whole one may not.</summary>
internal sealed class BrokenDeltaException(string fault) : TransferException(fault);
