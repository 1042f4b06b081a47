using RemoteStore.Primitives.Files;
using Shouldly;
using Xunit;

namespace RemoteStore.Primitives.Tests.Files;

public sealed class DurableFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("remotestore-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Replace_NewAndExistingFile_HasTheNewContentOnly()
    {
        string path = Path.Combine(_folder, "manifest");

        DurableFile.Replace(LocalFileSystem.Instance, path, "a long first content"u8);
        DurableFile.Replace(LocalFileSystem.Instance, path, "second"u8);

        File.ReadAllText(path).ShouldBe("second");
        Directory.GetFiles(_folder).ShouldBe([path]);
    }

    [Fact]
    public void Replace_EmptyContent_LeavesAnEmptyFile()
    {
        string path = Path.Combine(_folder, "manifest");

        DurableFile.Replace(LocalFileSystem.Instance, path, []);

        new FileInfo(path).Length.ShouldBe(0);
    }

    [Fact]
    public void Replace_Always_SyncsContentBeforeTheRenameAndTheFolderAfter()
    {
        var files = new RecordingFileSystem();
        string path = Path.Combine(_folder, "manifest");

        DurableFile.Replace(files, path, "x"u8);

        files.Calls.ShouldBe(
            [$"create {path}.tmp", "write 0 1", "sync", "close", $"move {path}.tmp {path}", $"sync-directory {_folder}"]);
    }

    [Theory]
    [InlineData("create")]
    [InlineData("write")]
    [InlineData("sync")]
    [InlineData("move")]
    public void Replace_FailureBeforeTheRename_KeepsTheOldContent(string failing)
    {
        string path = Path.Combine(_folder, "manifest");
        DurableFile.Replace(LocalFileSystem.Instance, path, "old"u8);
        var files = new RecordingFileSystem { Failing = failing };

        Should.Throw<IOException>(() => DurableFile.Replace(files, path, "new"u8));

        File.ReadAllText(path).ShouldBe("old");
    }

    /// <summary>Passes calls on to the disk, notes them, and fails at the first call of one kind.</summary>
    private sealed class RecordingFileSystem : IFileSystem
    {
        public List<string> Calls { get; } = [];

        public string? Failing { get; init; }

        public IWritableFile Create(string path)
        {
            Note("create", path);
            return new RecordingFile(this, LocalFileSystem.Instance.Create(path));
        }

        public IWritableFile OpenExisting(string path) => throw new InvalidOperationException("not expected");

        public void CreateDirectory(string path) => throw new InvalidOperationException("not expected");

        public void Move(string source, string destination)
        {
            Note("move", source, destination);
            LocalFileSystem.Instance.Move(source, destination);
        }

        public void DeleteFile(string path) => throw new InvalidOperationException("not expected");

        public void DeleteDirectory(string path) => throw new InvalidOperationException("not expected");

        public void SyncDirectory(string path)
        {
            Note("sync-directory", path);
            LocalFileSystem.Instance.SyncDirectory(path);
        }

        private void Note(string call, params object[] arguments)
        {
            Calls.Add(string.Join(' ', [call, .. arguments]));
            if (call == Failing)
            {
                throw new IOException("no space left on device");
            }
        }

        private sealed class RecordingFile(RecordingFileSystem files, IWritableFile file) : IWritableFile
        {
            public string Path => file.Path;

            public long Length => file.Length;

            public void Write(long offset, ReadOnlySpan<byte> bytes)
            {
                files.Note("write", offset, bytes.Length);
                file.Write(offset, bytes);
            }

            public void Sync()
            {
                files.Note("sync");
                file.Sync();
            }

            public void SetLength(long lengthBytes) => file.SetLength(lengthBytes);

            public void Dispose()
            {
                files.Calls.Add("close");
                file.Dispose();
            }
        }
    }
}
