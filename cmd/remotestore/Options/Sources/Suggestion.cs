namespace RemoteStore.Server.Options.Sources;

/// <summary>Names what was probably meant by a misspelt option.</summary>
internal static class Suggestion
{
    /// <summary>A hint that continues an error message, empty when nothing is close.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="known">What exists.</param>
    /// <param name="prefix">Put before the suggested name.</param>
    public static string For(string name, IEnumerable<string> known, string prefix = "")
    {
        (string? best, int distance) = (null, (name.Length / 4) + 2);
        foreach (string candidate in known)
        {
            int d = Distance(name, candidate);
            if (d < distance)
            {
                (best, distance) = (candidate, d);
            }
        }

        return best is null ? "" : $", did you mean {prefix}{best}?";
    }

    /// <summary>Insertions, removals and replacements that turn one text into the other.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
