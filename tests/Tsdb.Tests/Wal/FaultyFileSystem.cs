using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.Tests.Wal;

/// <summary>Passes everything on, until a test says what fails.</summary>
internal sealed class FaultyFileSystem(IFileSystem inner) : IFileSystem
{
    /// <summary>Called before each step with its kind and path; throws what the step shall throw.</summary>
    public Action<Step, string> Before { get; set; } = (_, _) => { };

    public enum Step
    {
        Create,
        Write,
        Sync,
        SyncDirectory,
    }

    public static FaultyFileSystem Local() => new(LocalFileSystem.Instance);

    public void FailOn(Step step) => Before = (s, _) =>
    {
        if (s == step)
        {
            throw new IOException($"{step} fails as the test wishes");
        }
    };

    public void Heal() => Before = (_, _) => { };

    public IWritableFile Create(string path)
    {
        Before(Step.Create, path);
        return new FaultyFile(this, inner.Create(path));
    }

    public IWritableFile OpenExisting(string path) => new FaultyFile(this, inner.OpenExisting(path));

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Move(string source, string destination) => inner.Move(source, destination);

    public void DeleteFile(string path) => inner.DeleteFile(path);

    public void DeleteDirectory(string path) => inner.DeleteDirectory(path);

    public void SyncDirectory(string path)
    {
        Before(Step.SyncDirectory, path);
        inner.SyncDirectory(path);
    }

    private sealed class FaultyFile(FaultyFileSystem owner, IWritableFile file) : IWritableFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            try
            {
                owner.Before(Step.Write, Path);
            }
            catch (IOException)
            {
                file.Write(offset, bytes[..(bytes.Length / 2)]); // A full disk takes a part.
                throw;
            }

            file.Write(offset, bytes);
        }

        public void Sync()
        {
            owner.Before(Step.Sync, Path);
            file.Sync();
        }

        public void SetLength(long lengthBytes) => file.SetLength(lengthBytes);

        public void Dispose() => file.Dispose();
    }
}
