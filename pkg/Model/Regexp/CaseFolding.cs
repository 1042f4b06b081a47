using System.Text;

namespace RemoteStore.Model.Regexp;

/// <summary>
/// Simple case folding of Unicode: the orbits of code points that <c>(?i)</c> takes as one, such as <c>k K K</c> (the last is the Kelvin sign).
/// They are the closure of the simple upper and lower case mappings. Two letters of Turkish stay outside, as in CaseFolding.txt, and the three
/// orbits that reach from ASCII or Latin-1 beyond are spelt out, because .NET's invariant mappings leave some of them out.
/// </summary>
internal static class CaseFolding
{
    private const int FirstFold = 'A';
    private const int LastFold = 0x1e943;

    private static readonly Lazy<(int[] Runes, int[][] Orbits)> s_table = new(Build);

    /// <summary>All code points that fold to the same as this one, itself included, ascending.</summary>
    public static ReadOnlySpan<int> Orbit(int rune)
    {
        (int[] runes, int[][] orbits) = s_table.Value;
        int index = Array.BinarySearch(runes, rune);
        return index >= 0 ? orbits[index] : new[] { rune };
    }

    /// <summary>True when the code point folds with others.</summary>
    public static bool Folds(int rune) => rune is >= FirstFold and <= LastFold && Array.BinarySearch(s_table.Value.Runes, rune) >= 0;

    /// <summary>Adds a range and everything that folds with a code point of it.</summary>
    public static void AddFolded(List<(int Lo, int Hi)> ranges, int lo, int hi)
    {
        ranges.Add((lo, hi));
        if (lo <= FirstFold && hi >= LastFold)
        {
            return;
        }

        (int[] runes, int[][] orbits) = s_table.Value;
        int index = Array.BinarySearch(runes, lo);
        for (index = index < 0 ? ~index : index; index < runes.Length && runes[index] <= hi; index++)
        {
            foreach (int other in orbits[index])
            {
                if (other < lo || other > hi)
                {
                    ranges.Add((other, other));
                }
            }
        }
    }

    /// <summary>The class with everything that folds with a member of it.</summary>
    public static RuneClass Fold(RuneClass runes)
    {
        var ranges = new List<(int, int)>();
        for (int i = 0; i < runes.RangeCount; i++)
        {
            AddFolded(ranges, runes[i].Lo, runes[i].Hi);
        }

        return RuneClass.Of(ranges);
    }

    private static (int[] Runes, int[][] Orbits) Build()
    {
        var representative = new Dictionary<int, int>();
        for (int rune = FirstFold; rune <= LastFold; rune++)
        {
            if (!Rune.IsValid(rune) || rune is 0x130 or 0x131)
            {
                continue;
            }

            Unite(representative, rune, Rune.ToUpperInvariant(new Rune(rune)).Value);
            Unite(representative, rune, Rune.ToLowerInvariant(new Rune(rune)).Value);
        }

        Unite(representative, 'k', 0x212a); // Kelvin sign
        Unite(representative, 's', 0x17f); // long s
        Unite(representative, 0xe5, 0x212b); // Ångström sign
        var groups = new Dictionary<int, List<int>>();
        foreach (int rune in representative.Keys.Order())
        {
            int root = Find(representative, rune);
            if (!groups.TryGetValue(root, out List<int>? group))
            {
                groups.Add(root, group = []);
            }

            group.Add(rune);
        }

        int[] runes = [.. representative.Keys.Order()];
        Dictionary<int, int[]> orbits = groups.ToDictionary(g => g.Key, g => g.Value.ToArray());
        return (runes, [.. runes.Select(r => orbits[Find(representative, r)])]);
    }

    private static void Unite(Dictionary<int, int> representative, int left, int right)
    {
        if (left != right)
        {
            int root = Find(representative, left);
            representative[Find(representative, right)] = root;
            representative.TryAdd(root, root);
        }
    }

    private static int Find(Dictionary<int, int> representative, int rune)
    {
        while (representative.TryGetValue(rune, out int parent) && parent != rune)
        {
            rune = parent;
        }

        return rune;
    }
}
