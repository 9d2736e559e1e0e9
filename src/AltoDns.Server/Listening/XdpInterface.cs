// An interface to serve by XDP, as an operator writes it.

using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AltoDns.Server.Listening;

/// <summary>Reads <c>eth0</c> and <c>eth0:0,2</c>.</summary>
/// <param name="Name">As <c>ip link</c> shows it.</param>
/// <param name="Queues">Receive queues, in order; empty stands for all of them.</param>
public sealed record XdpInterface(string Name, IReadOnlyList<int> Queues)
{
    private const int MaxNameLength = 15;
    private const int MaxQueue = 1023;

    /// <param name="fault">On failure what is wrong and how to write it; otherwise null.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out XdpInterface? parsed, [NotNullWhen(false)] out string? fault)
    {
        parsed = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        var queues = new SortedSet<int>();
        var isRight = name.Length is > 0 and <= MaxNameLength && !name.Any(character => character is '/' or ' ' || char.IsControl(character));
        foreach (var queueText in colon < 0 ? [] : text[(colon + 1)..].Split(','))
        {
            isRight &= int.TryParse(queueText, NumberStyles.None, CultureInfo.InvariantCulture, out var queue) && queue <= MaxQueue;
            queues.Add(queue);
        }

        fault = isRight ? null : $"'{text}' is not an interface for XDP. Write INTERFACE or INTERFACE:QUEUE,QUEUE, such as eth0 or eth0:0,1.";
        parsed = isRight ? new XdpInterface(name, [.. queues]) : null;
        return isRight;
    }

    /// <summary>As it is written.</summary>
    public override string ToString() => Queues.Count == 0 ? Name : $"{Name}:{string.Join(',', Queues)}";
}
