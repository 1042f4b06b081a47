using RemoteStore.Primitives.Files;
using Shouldly;
using Xunit;

namespace RemoteStore.Primitives.Tests.Files;

public sealed class DataDirectoryLockTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Acquire_DirectoryInUse_IsRefusedNamingDirectoryAndHolder()
    {
        using DataDirectoryLock first = DataDirectoryLock.Acquire(_directory);

        Should.Throw<IOException>(() => DataDirectoryLock.Acquire(_directory)).Message
            .ShouldBe($"data directory {_directory} is in use by process {Environment.ProcessId}: stop that one, or give this one another --data-dir");
    }

    [Fact]
    public void Acquire_AfterRelease_Succeeds()
    {
        DataDirectoryLock.Acquire(_directory).Dispose();

        using DataDirectoryLock second = DataDirectoryLock.Acquire(_directory);

        File.Exists(Path.Combine(_directory, "lock.pid")).ShouldBeTrue();
    }

    [Fact]
    public void Acquire_StaleHolderFile_DoesNotKeepOut()
    {
        File.WriteAllText(Path.Combine(_directory, "lock.pid"), "1\n");
        File.WriteAllText(Path.Combine(_directory, "lock"), "");

        DataDirectoryLock.Acquire(_directory).Dispose();
    }

    [Fact]
    public void Acquire_MissingDirectory_IsMade()
    {
        string nested = Path.Combine(_directory, "a", "b");

        DataDirectoryLock.Acquire(nested).Dispose();

        Directory.Exists(nested).ShouldBeTrue();
    }

    [Fact]
    public void Acquire_PathIsAFile_IsRefusedWithReason()
    {
        string file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "");

        Should.Throw<IOException>(() => DataDirectoryLock.Acquire(file)).Message.ShouldStartWith($"cannot use data directory {file}: ");
    }
}
