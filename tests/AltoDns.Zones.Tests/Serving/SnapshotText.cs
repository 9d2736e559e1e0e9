// Everything that a reader of a zone may see but the numbers of its nodes, as text to compare.

using AltoDns.Protocol.Presentation;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Tests.Serving;

internal static class SnapshotText
{
    public static string Of(ZoneSnapshot zone)
    {
        var text = new System.Text.StringBuilder();
        foreach (var node in zone.InOrder)
        {
            var entry = zone.Node(node);
            text.Append($"{zone.NameOf(node)} {zone.NameOf(entry.Parent)} {zone.NameOf(entry.Wildcard)} {entry.Depth} {entry.Flags}\n");
            for (var i = 0; i < zone.RRsetsOf(node).Length; i++)
            {
                Append(text, zone, zone.FirstRRset(node) + i);
            }
        }

        text.Append(zone.Nsec3?.Parameters).Append('\n');
        for (var link = 0; link < (zone.Nsec3?.Count ?? 0); link++)
        {
            text.Append(Base32Hex.Encode(zone.Nsec3!.HashOf(link)));
            Append(text, zone, zone.Nsec3.RRsetOf(link));
        }

        return text.ToString();
    }

    private static void Append(System.Text.StringBuilder text, ZoneSnapshot zone, int rrset)
    {
        ref readonly var set = ref zone.RRset(rrset);
        text.Append($"  {set.Type} {set.Count} {set.TimeToLive} {Convert.ToHexString(zone.DataOf(set))} {Convert.ToHexString(zone.SignaturesOf(rrset))}\n");
    }
}
