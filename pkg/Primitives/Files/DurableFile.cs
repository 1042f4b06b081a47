namespace RemoteStore.Primitives.Files;

/// <summary>Replaces small files so that a reader finds the old or the new content, never a mixture.</summary>
public static class DurableFile
{
    /// <summary>Suffix of files that are not yet complete; whoever opens a directory may remove them.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes a temporary file, syncs it, renames it over <paramref name="path"/> and syncs the directory.</summary>
    public static void Replace(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(files);
        string temporary = path + TemporarySuffix;
        using (IWritableFile file = files.Create(temporary))
        {
            file.Write(0, content);
            file.Sync();
        }

        files.Move(temporary, path);
        files.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
