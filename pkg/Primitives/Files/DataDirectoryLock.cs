using System.Globalization;

namespace RemoteStore.Primitives.Files;

/// <summary>
/// Keeps a second process out of a data directory. The file <c>lock</c> is held with an exclusive advisory lock that the system drops when the process
/// ends, however it ends; <c>lock.pid</c> beside it names the holder, because the locked file itself cannot be opened for reading.
/// </summary>
public sealed class DataDirectoryLock : IDisposable
{
    private const string LockName = "lock";
    private const string HolderName = "lock.pid";
    private const int WouldBlock = 11; // EWOULDBLOCK on Linux
    private const int WouldBlockBsd = 35; // the same on macOS
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _lock;
    private readonly string _holderPath;

    private DataDirectoryLock(FileStream held, string holderPath)
    {
        _lock = held;
        _holderPath = holderPath;
    }

    /// <summary>Makes the directory if needed and locks it.</summary>
    /// <exception cref="IOException">Another process holds it, or it cannot be used; the message says which, and who.</exception>
    public static DataDirectoryLock Acquire(string directory)
    {
        string full = Path.GetFullPath(directory);
        string holderPath = Path.Combine(full, HolderName);
        FileStream? held = null;
        try
        {
            Directory.CreateDirectory(full);
            held = new FileStream(Path.Combine(full, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(holderPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            return new DataDirectoryLock(held, holderPath);
        }
        catch (IOException e) when (held is null && e.HResult is WouldBlock or WouldBlockBsd or SharingViolation)
        {
            throw new IOException($"data directory {full} is in use by {Holder(holderPath)}: stop that one, or give this one another --data-dir", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new IOException($"cannot use data directory {full}: {e.Message}", e);
        }
    }

    /// <summary>Lets the directory go. The empty lock file stays: removing it would race with a process that has just opened it.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(_holderPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A stale name of a process is harmless: only the lock keeps others out.
        }

        _lock.Dispose();
    }

    private static string Holder(string holderPath)
    {
        try
        {
            string pid = File.ReadAllText(holderPath).Trim();
            return pid.Length > 0 ? $"process {pid}" : "another process";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
