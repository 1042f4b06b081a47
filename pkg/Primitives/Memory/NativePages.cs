using System.Runtime.InteropServices;

namespace RemoteStore.Primitives.Memory;

/// <summary>
/// Zeroed memory outside the garbage collector's heap. Small blocks come from the C heap; large ones are mappings of their own, so that freeing them
/// gives the memory back to the system at once and untouched pages cost nothing.
/// </summary>
internal static unsafe partial class NativePages
{
    private const nuint MapFrom = 64 << 10;

    /// <summary>Allocates <paramref name="bytes"/> zeroed bytes, aligned to at least 16.</summary>
    /// <exception cref="InsufficientMemoryException">The system refuses.</exception>
    public static nint Allocate(nuint bytes)
    {
        if (bytes < MapFrom || !OperatingSystem.IsLinux())
        {
            return (nint)NativeMemory.AllocZeroed(bytes);
        }

        const int ReadWrite = 1 | 2;
        const int PrivateAnonymous = 0x02 | 0x20;
        nint address = Map(0, bytes, ReadWrite, PrivateAnonymous, -1, 0);
        if (address == -1)
        {
            throw new InsufficientMemoryException($"map {bytes} bytes of memory: errno {Marshal.GetLastPInvokeError()}");
        }

        return address;
    }

    /// <summary>Frees what <see cref="Allocate"/> returned for the same size.</summary>
    public static void Free(nint address, nuint bytes)
    {
        if (bytes < MapFrom || !OperatingSystem.IsLinux())
        {
            NativeMemory.Free((void*)address);
        }
        else
        {
            _ = Unmap(address, bytes);
        }
    }

    /// <summary>Asks for huge pages in a mapped block; only advice, errors are ignored.</summary>
    public static void AdviseHuge(nint address, nuint bytes)
    {
        const int Huge = 14;
        if (bytes >= MapFrom && OperatingSystem.IsLinux())
        {
            _ = Advise(address, bytes, Huge);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
