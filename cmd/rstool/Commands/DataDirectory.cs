namespace RemoteStore.Tool.Commands;

/// <summary>Where things lie in a data directory.</summary>
/// <param name="Root">The directory, as a full path.</param>
internal sealed record DataDirectory(string Root)
{
    /// <summary>Folder of the parts and their manifest.</summary>
    public string Parts => Path.Combine(Root, "parts");

    /// <summary>Folder of the log generations.</summary>
    public string Wal => Path.Combine(Root, "wal");

    /// <summary>Checks that there is a stopped store.</summary>
    /// <exception cref="IOException">There is none, or a server is using it.</exception>
    public static DataDirectory Open(string path)
    {
        var directory = new DataDirectory(Path.GetFullPath(path));
        if (!Directory.Exists(directory.Parts) && !Directory.Exists(directory.Wal))
        {
            throw new DirectoryNotFoundException($"{directory.Root} holds neither parts nor a log");
        }

        // The server holds this file with an exclusive lock; taking a shared one for a moment tells whether it does.
        string serverLock = Path.Combine(directory.Root, "lock");
        if (File.Exists(serverLock))
        {
            try
            {
                using FileStream _ = new(serverLock, FileMode.Open, FileAccess.Read, FileShare.Read);
            }
            catch (IOException e)
            {
                throw new IOException($"a server is using {directory.Root}, stop it first", e);
            }
        }

        return directory;
    }
}
