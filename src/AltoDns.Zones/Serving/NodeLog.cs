// What the versions of a zone share beside their names: who may add names, and which node a name had in an earlier version.

namespace AltoDns.Zones.Serving;

/// <summary>Where a node comes from that was added to a frozen zone.</summary>
/// <param name="Earlier">The node that the same name had before; -1 for none.</param>
/// <param name="Identity">The first node that the name had: the one that children have as their parent.</param>
internal readonly record struct NodePast(int Earlier, int Identity);

/// <summary>
/// One for all versions that share an index of names. The index leads to the newest node of a name; a version that does not reach as far
/// goes back from there. One writer, any number of readers.
/// </summary>
/// <param name="frozen">Nodes that the zone had when it was frozen: what is behind has a past.</param>
/// <param name="end">The first number that no node has yet.</param>
internal sealed class NodeLog(int frozen, int end)
{
    // What a version claims of the numbers while it adds nodes.
    private const int Claimed = -1;

    private int _end = end;
    private NodePast[][] _pages = [];

    /// <summary>Whether the one who made a version up to <paramref name="end"/> may go on from there.</summary>
    public bool TryClaim(int end) => Interlocked.CompareExchange(ref _end, Claimed, end) == end;

    /// <summary>Lets the next version go on from here.</summary>
    public void Release(int end) => Volatile.Write(ref _end, end);

    /// <summary>To be called before the index leads to the nodes.</summary>
    public void Publish(PagedArray<NodePast> past) => Volatile.Write(ref _pages, past.Pages);

    /// <summary>The node that a name has in a version which ends before its newest; -1 for none.</summary>
    public int Earlier(int node, int end)
    {
        // Whoever read a number out of the index must see what was written before it.
        Volatile.ReadBarrier();
        var past = new PagedArray<NodePast>([], Volatile.Read(ref _pages));
        while (node >= end)
        {
            node = past[node - frozen].Earlier;
        }

        return node;
    }
}
