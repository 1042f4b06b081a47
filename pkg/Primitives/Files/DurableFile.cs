namespace RemoteStore.Primitives.Files;

/// <summary>Replaces small files so that a reader finds the old or the new content, never a mixture.</summary>
public static class DurableFile
{
    /// <summary>Suffix of files that are not yet complete; whoever opens a directory may remove them.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes a temporary file, syncs it, renames it over <paramref name="path"/> and syncs the directory.</summary>
    /// <param name="files">Where it is written.</param>
    /// <param name="path">File to replace or create.</param>
    /// <param name="content">All of its new content.</param>
    /// <param name="beforeRename">Called when the new content is synced and the old one still in place.</param>
    public static void Replace(IFileSystem files, string path, ReadOnlySpan<byte> content, Action? beforeRename = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        string temporary = path + TemporarySuffix;
        using (IWritableFile file = files.Create(temporary))
        {
            file.Write(0, content);
            file.Sync();
        }

        beforeRename?.Invoke();
        files.Move(temporary, path);
        files.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
