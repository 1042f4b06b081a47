using System.IO.Enumeration;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>The rule files that patterns name, as they are on disk at one moment.</summary>
internal static class RuleFileSet
{
    /// <summary>Files that match, each once, in order. A pattern without wildcards names its file whether it exists or not.</summary>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> patterns)
    {
        var files = new List<string>();
        foreach (string pattern in patterns)
        {
            string name = Path.GetFileName(pattern);
            if (name.AsSpan().IndexOfAny('*', '?') < 0)
            {
                files.Add(pattern);
                continue;
            }

            try
            {
                files.AddRange(Matches(pattern, name));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                files.Add(pattern); // as a file that cannot be read, which is told
            }
        }

        return [.. files.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Reads files.</summary>
    public static IReadOnlyList<RuleFileText> Read(IReadOnlyList<string> files) => [.. files.Select(Read)];

    private static IEnumerable<string> Matches(string pattern, string name)
    {
        string? given = Path.GetDirectoryName(pattern);
        string folder = string.IsNullOrEmpty(given) ? "." : given;
        return Directory.Exists(folder)
            ? Directory.GetFiles(folder)
                .Where(file => FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(file), ignoreCase: false))
                .Select(file => string.IsNullOrEmpty(given) ? Path.GetFileName(file) : file)
                .Order(StringComparer.Ordinal)
            : [];
    }

    private static RuleFileText Read(string file)
    {
        try
        {
            return new RuleFileText(file, File.ReadAllBytes(file), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new RuleFileText(file, [], e.Message);
        }
    }
}
