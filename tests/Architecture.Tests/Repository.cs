namespace RemoteStore.Architecture.Tests;

/// <summary>The source tree these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] s_skippedFolders = ["bin", "obj", ".git", "TestResults", "BenchmarkDotNet.Artifacts", "node_modules", "data"];

    public static string Root { get; } = FindRoot();

    /// <summary>Source files with paths relative to the root, in ordinal order; nothing that a build or a run leaves behind.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Select(static path => Relative(path)).Order(StringComparer.Ordinal)];

    public static string Read(string relativePath) => File.ReadAllText(Path.Combine(Root, relativePath));

    public static bool Exists(string relativePath) => File.Exists(Path.Combine(Root, relativePath));

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            yield return file;
        }

        foreach (string child in Directory.EnumerateDirectories(folder).Where(static child => !s_skippedFolders.Contains(Path.GetFileName(child))))
        {
            foreach (string file in Walk(child))
            {
                yield return file;
            }
        }
    }

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RemoteStore.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no RemoteStore.sln above {AppContext.BaseDirectory}");
    }
}
