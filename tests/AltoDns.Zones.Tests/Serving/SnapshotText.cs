// Everything that a reader of a zone may see, as text to compare.

using AltoDns.Protocol.Presentation;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Tests.Serving;

internal static class SnapshotText
{
    public static string Of(ZoneSnapshot zone)
    {
        var text = new System.Text.StringBuilder();
        for (var node = 0; node < zone.NodeCount; node++)
        {
            ref readonly var entry = ref zone.Node(node);
            text.Append($"{node} {zone.NameOf(node)} {entry.Parent} {entry.Depth} {entry.Wildcard} {entry.Flags}\n");
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
