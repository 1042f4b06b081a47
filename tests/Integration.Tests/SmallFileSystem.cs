using System.Diagnostics;

namespace RemoteStore.Integration.Tests;

/// <summary>A file system in memory of a few megabytes, mounted for one test.</summary>
internal sealed class SmallFileSystem : IDisposable
{
    private SmallFileSystem(string directory) => Directory = directory;

    /// <summary>Where it is mounted.</summary>
    public string Directory { get; }

    /// <summary>Mounts one.</summary>
    /// <returns>Null with the reason when this process may not mount.</returns>
    public static SmallFileSystem? TryMount(int mebibytes, out string reason)
    {
        string directory = System.IO.Directory.CreateTempSubdirectory("remotestore-small-").FullName;
        if (Run("mount", ["-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", directory], out reason))
        {
            return new SmallFileSystem(directory);
        }

        System.IO.Directory.Delete(directory);
        return null;
    }

    public void Dispose()
    {
        if (!Run("umount", ["-l", Directory], out string reason))
        {
            throw new IOException($"cannot unmount {Directory}: {reason}");
        }

        System.IO.Directory.Delete(Directory);
    }

    private static bool Run(string program, string[] arguments, out string reason)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            reason = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            reason = e.Message;
            return false;
        }
    }
}
