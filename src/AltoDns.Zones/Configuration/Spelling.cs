// Finds the word that somebody probably meant.

namespace AltoDns.Zones.Configuration;

public static class Spelling
{
    private const int LongestWord = 64;

    /// <summary>The candidate with the fewest slips from <paramref name="word"/>, at most one in three characters; null where none is close.</summary>
    public static string? Closest(string word, IEnumerable<string> candidates)
    {
        string? closest = null;
        var fewest = Math.Max(1, Math.Min(word.Length, LongestWord) / 3) + 1;
        foreach (var candidate in candidates)
        {
            var slips = Slips(word, candidate);
            if (slips < fewest)
            {
                (closest, fewest) = (candidate, slips);
            }
        }

        return closest;
    }

    // Insertions, deletions, replacements and swaps of neighbours, letters of either case alike.
    private static int Slips(string left, string right)
    {
        if (left.Length > LongestWord || right.Length > LongestWord)
        {
            return int.MaxValue;
        }

        var width = right.Length + 1;
        Span<int> table = new int[(left.Length + 1) * width];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                var here = i * width + j;
                if (i == 0 || j == 0)
                {
                    table[here] = i + j;
                    continue;
                }

                var same = Same(left[i - 1], right[j - 1]);
                table[here] = Math.Min(
                    Math.Min(table[here - width], table[here - 1]) + 1, table[here - width - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                {
                    table[here] = Math.Min(table[here], table[here - 2 * width - 2] + 1);
                }
            }
        }

        return table[^1];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
