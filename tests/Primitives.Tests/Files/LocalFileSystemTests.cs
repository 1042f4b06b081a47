using RemoteStore.Primitives.Files;
using Shouldly;
using Xunit;

namespace RemoteStore.Primitives.Tests.Files;

public sealed class LocalFileSystemTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("remotestore-test-").FullName;
    private readonly LocalFileSystem _files = LocalFileSystem.Instance;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_AtOffsets_ExtendsAndKeepsTheRest()
    {
        string path = Path.Combine(_folder, "a");
        using (IWritableFile file = _files.Create(path))
        {
            file.Write(0, "abc"u8);
            file.Write(2, "XYZ"u8);
            file.Sync();
            file.Length.ShouldBe(5);
            file.SetLength(4);
        }

        using (IWritableFile file = _files.OpenExisting(path))
        {
            file.Write(0, "_"u8);
        }

        File.ReadAllText(path).ShouldBe("_bXY");
    }

    [Fact]
    public void OpenExisting_MissingFile_Throws() => Should.Throw<FileNotFoundException>(() => _files.OpenExisting(Path.Combine(_folder, "none")));

    [Fact]
    public void Move_FileOrFolder_Renames()
    {
        File.WriteAllText(Path.Combine(_folder, "a"), "new");
        File.WriteAllText(Path.Combine(_folder, "b"), "old");
        _files.CreateDirectory(Path.Combine(_folder, "x", "y"));

        _files.Move(Path.Combine(_folder, "a"), Path.Combine(_folder, "b"));
        _files.Move(Path.Combine(_folder, "x"), Path.Combine(_folder, "z"));

        File.ReadAllText(Path.Combine(_folder, "b")).ShouldBe("new");
        Directory.Exists(Path.Combine(_folder, "z", "y")).ShouldBeTrue();
    }

    [Fact]
    public void Delete_MissingThings_IsNoError()
    {
        _files.DeleteFile(Path.Combine(_folder, "none"));
        _files.DeleteFile(Path.Combine(_folder, "none", "none"));
        _files.DeleteDirectory(Path.Combine(_folder, "none"));
    }

    [Fact]
    public void SyncDirectory_MissingFolder_ThrowsNamingIt() =>
        Should.Throw<IOException>(() => _files.SyncDirectory(Path.Combine(_folder, "none"))).Message.ShouldContain("none");
}
