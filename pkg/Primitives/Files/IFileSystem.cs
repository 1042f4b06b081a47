namespace RemoteStore.Primitives.Files;

/// <summary>
/// The seam through which every durable byte is written, so that tests can fail, delay, record and replay writes.
/// Reading ordinary files goes through the platform directly; only what changes the disk passes here.
/// </summary>
/// <remarks>All paths are absolute or relative to the process; implementations are safe for concurrent use.</remarks>
public interface IFileSystem
{
    /// <summary>Creates a file, or empties an existing one, open for writing. The directory entry is durable only after <see cref="SyncDirectory"/>.</summary>
    /// <exception cref="IOException">The file cannot be created (disk full, no permission).</exception>
    IWritableFile Create(string path);

    /// <summary>Opens an existing file for writing without changing it.</summary>
    IWritableFile OpenExisting(string path);

    /// <summary>Makes a directory and its parents; no error when it exists.</summary>
    void CreateDirectory(string path);

    /// <summary>Renames a file or directory, replacing a file at <paramref name="destination"/>. Durable after <see cref="SyncDirectory"/> of the parent.</summary>
    void Move(string source, string destination);

    /// <summary>Removes a file; no error when it is missing.</summary>
    void DeleteFile(string path);

    /// <summary>Removes a directory with its content; no error when it is missing.</summary>
    void DeleteDirectory(string path);

    /// <summary>Makes earlier creations, renames and removals in the directory durable (fsync of the directory).</summary>
    void SyncDirectory(string path);
}

/// <summary>A file open for positioned writes. Not safe for concurrent use unless the caller separates the ranges.</summary>
public interface IWritableFile : IDisposable
{
    /// <summary>Path it was opened with.</summary>
    string Path { get; }

    /// <summary>Current length in bytes.</summary>
    long Length { get; }

    /// <summary>Writes all of <paramref name="bytes"/> at <paramref name="offset"/>, extending the file when needed. Durable after <see cref="Sync"/>.</summary>
    /// <exception cref="IOException">Not everything could be written; the range then holds an unknown prefix.</exception>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Makes content and length durable (fdatasync).</summary>
    void Sync();

    /// <summary>Cuts or extends the file.</summary>
    void SetLength(long lengthBytes);
}
