namespace RemoteStore.Ruler.Files;

/// <summary>Finds files by patterns as Go's filepath.Glob does: <c>*</c> and <c>?</c> within a name, <c>[a-z]</c>, in any part of the path.</summary>
public static class PathGlob
{
    /// <summary>Paths that match, in ordinal order within each directory; empty when there are none. What cannot be looked at is passed over.</summary>
    /// <exception cref="FormatException">The pattern is not one.</exception>
    public static IReadOnlyList<string> Find(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        if (pattern.AsSpan().IndexOfAny("*?[\\") < 0)
        {
            return Path.Exists(pattern) ? [pattern] : [];
        }

        int slash = pattern.LastIndexOf('/');
        string folder = slash < 0 ? "" : slash == 0 ? "/" : pattern[..slash];
        string name = pattern[(slash + 1)..];
        _ = Matches(name, "");
        IReadOnlyList<string> folders = folder.Length == 0 ? [""] : Find(folder);
        var found = new List<string>();
        foreach (string one in folders)
        {
            string prefix = one.Length == 0 ? "" : one.EndsWith('/') ? one : one + "/";
            found.AddRange(Names(one.Length == 0 ? "." : one).Where(entry => Matches(name, entry)).Order(StringComparer.Ordinal).Select(entry => prefix + entry));
        }

        return found;
    }

    private static IEnumerable<string> Names(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Select(static path => Path.GetFileName(path))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Tries a name; a star is tried at the shortest first, and only the last star has to be tried again.</summary>
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        int p = 0;
        int n = 0;
        int star = -1;
        int afterStar = 0;
        bool matches = true;
        while (p < pattern.Length || n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = ++p;
                afterStar = n;
                continue;
            }

            int next = p;
            if (p < pattern.Length && MatchesOne(pattern, ref next, n < name.Length ? name[n] : '\0') && n < name.Length)
            {
                p = next;
                n++;
            }
            else if (star >= 0 && afterStar < name.Length)
            {
                p = star;
                n = ++afterStar;
            }
            else
            {
                matches = false;
                break;
            }
        }

        for (; !matches && p < pattern.Length;)
        {
            // The rest is looked at all the same, because a pattern that is none has to be refused for any name.
            if (pattern[p] == '*')
            {
                p++;
            }
            else
            {
                MatchesOne(pattern, ref p, '\0');
            }
        }

        return matches;
    }

    private static bool MatchesOne(ReadOnlySpan<char> pattern, ref int at, char c)
    {
        switch (pattern[at])
        {
            case '?':
                at++;
                return true;
            case '[':
                return MatchesClass(pattern, ref at, c);
            default:
                return Literal(pattern, ref at) == c;
        }
    }

    private static bool MatchesClass(ReadOnlySpan<char> pattern, ref int at, char c)
    {
        at++;
        bool negated = at < pattern.Length && pattern[at] == '^';
        at += negated ? 1 : 0;
        bool found = false;
        for (bool first = true; at < pattern.Length && (first || pattern[at] != ']'); first = false)
        {
            char low = Literal(pattern, ref at);
            char high = low;
            if (at < pattern.Length && pattern[at] == '-')
            {
                at++;
                high = Literal(pattern, ref at);
            }

            found |= c >= low && c <= high;
        }

        if (at >= pattern.Length)
        {
            throw new FormatException("syntax error in pattern");
        }

        at++;
        return found != negated;
    }

    private static char Literal(ReadOnlySpan<char> pattern, ref int at)
    {
        at += at < pattern.Length && pattern[at] == '\\' ? 1 : 0;
        return at < pattern.Length ? pattern[at++] : throw new FormatException("syntax error in pattern");
    }
}
