// What files and folders of the state folder are called that belong to a zone.

using System.Globalization;
using System.Text;
using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Keys;

internal static class StateFileName
{
    /// <summary>The zone's name without the last dot. Letters, digits, <c>-</c>, <c>_</c> and dots stay; all else is <c>%XX</c>, so that any name is a file name. The root's is <c>@</c>.</summary>
    public static string Of(DomainName apex)
    {
        var name = new StringBuilder();
        foreach (var character in apex.IsRoot ? "@" : apex.ToLower().ToString()[..^1])
        {
            name.Append(char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '@'
                ? character
                : string.Create(CultureInfo.InvariantCulture, $"%{(int)character:X2}"));
        }

        return name.ToString();
    }
}
