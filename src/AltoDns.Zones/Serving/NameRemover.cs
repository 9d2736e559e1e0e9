// Finds the names that have neither RRsets nor names below them any more, and so are gone (RFC 8020 §2).

namespace AltoDns.Zones.Serving;

/// <summary>Used once.</summary>
/// <param name="edits">In ascending order of node, none twice.</param>
/// <param name="anchors">Nodes that get new names below them.</param>
internal sealed class NameRemover(ZoneSnapshot before, List<NodeEdit> edits, HashSet<int> anchors)
{
    // Last nodes first, as those below a node come after it.
    private readonly PriorityQueue<int, int> _candidates = new();

    // For each node that is gone the next one that is not.
    private readonly Dictionary<int, int> _next = [];

    /// <summary>The nodes that are gone, in ascending order.</summary>
    public List<int> Find()
    {
        foreach (var edit in edits)
        {
            if (edit.Place.Count == 0)
            {
                _candidates.Enqueue(edit.Node, -edit.Node);
            }
        }

        while (_candidates.TryDequeue(out var node, out _))
        {
            if (node != ZoneSnapshot.Apex && !_next.ContainsKey(node) && !anchors.Contains(node) && !HasChild(node, out var next))
            {
                _next.Add(node, next);
                var parent = before.Node(node).Parent;
                if (!HasRRsets(parent))
                {
                    _candidates.Enqueue(parent, -parent);
                }
            }
        }

        return [.. _next.Keys.Order()];
    }

    private bool HasChild(int node, out int next)
    {
        next = _next.GetValueOrDefault(node + 1, node + 1);

        // Descendants follow a node without a gap, and what is above one that is left is left.
        return next < before.NodeCount && before.Node(next).Parent == node;
    }

    private bool HasRRsets(int node)
    {
        var (low, high) = (0, edits.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = edits[middle].Node < node ? (middle + 1, high) : (low, middle);
        }

        return low < edits.Count && edits[low].Node == node ? edits[low].Place.Count > 0 : before.RRsetsOf(node).Length > 0;
    }
}
