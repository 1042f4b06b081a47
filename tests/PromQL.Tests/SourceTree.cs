namespace RemoteStore.PromQL.Tests;

/// <summary>The repository these tests were built from.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RemoteStore.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("the tests are not below the repository");
    }
}
