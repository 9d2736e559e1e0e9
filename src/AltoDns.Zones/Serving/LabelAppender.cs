// Appends labels to those of a zone that goes on being read.

namespace AltoDns.Zones.Serving;

/// <summary>Stores each label given, whether the zone has it already or not: most of many new names are unlike. Not safe for several threads.</summary>
internal sealed class LabelAppender(ZoneParts before)
{
    // What a version claims of the room while it appends there: nobody else gets it.
    private const int Claimed = -1;

    private readonly PagedAppender<byte> _labels = new(before.Labels, before.LabelsLength);
    private StoreTail _tail = before.LabelTail;
    private bool _isClaimed;

    public PagedArray<byte> Array => _labels.Array;

    /// <param name="label">Length octet first, in lower case.</param>
    public int Add(ReadOnlySpan<byte> label)
    {
        if (!_isClaimed)
        {
            _isClaimed = true;
            if (!_tail.TryAdvance(before.LabelsLength, Claimed))
            {
                _tail = new StoreTail(Claimed);
                _labels.PartFromOthers();
            }
        }

        return _labels.Add(label);
    }

    /// <summary>The label at an offset, length octet first.</summary>
    public ReadOnlySpan<byte> Get(int label) => Array.Slice(label, Array[label] + 1);

    // The label at 0 is the root's, which the apex has for want of one.
    public bool IsWildcard(int label) => label > 0 && Get(label) is [1, (byte)'*'];

    /// <summary>The zone's parts with what was appended; the appender is not to be used afterwards.</summary>
    public ZoneParts Build(ZoneParts parts)
    {
        if (_isClaimed)
        {
            _tail.TryAdvance(Claimed, _labels.Count);
        }

        return parts with { Labels = Array, LabelsLength = _labels.Count, LabelTail = _tail };
    }
}
