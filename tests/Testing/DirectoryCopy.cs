namespace RemoteStore.Testing;

/// <summary>Copies folders, to look at a store's files as a kill would have left them.</summary>
public static class DirectoryCopy
{
    /// <summary>Copies everything below <paramref name="from"/>; files that vanish meanwhile are left out.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string directory in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(directory.Replace(from, to, StringComparison.Ordinal));
        }

        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            try
            {
                File.Copy(file, file.Replace(from, to, StringComparison.Ordinal), overwrite: true);
            }
            catch (FileNotFoundException)
            {
                // It was deleted since it was listed.
            }
        }
    }
}
