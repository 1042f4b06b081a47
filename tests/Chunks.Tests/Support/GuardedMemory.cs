using System.Runtime.InteropServices;

namespace RemoteStore.Chunks.Tests.Support;

/// <summary>Memory that ends where the next page may not be touched: a read or write one byte too far ends the process. Without such pages it is plain memory.</summary>
internal sealed unsafe partial class GuardedMemory
{
    private const int PageBytes = 65536;
    private readonly byte* _start;
    private readonly int _bytes;

    public GuardedMemory(int bytes)
    {
        _bytes = (bytes + PageBytes - 1) / PageBytes * PageBytes;
        if (OperatingSystem.IsLinux())
        {
            const int ReadWrite = 3;
            const int PrivateAnonymous = 0x22;
            nint address = Map(0, (nuint)(_bytes + (2 * PageBytes)), ReadWrite, PrivateAnonymous, -1, 0);
            if (address == -1 || Protect(address, PageBytes, 0) != 0 || Protect(address + PageBytes + _bytes, PageBytes, 0) != 0)
            {
                throw new InvalidOperationException("cannot map guarded memory");
            }

            _start = (byte*)address + PageBytes;
        }
        else
        {
            _start = (byte*)NativeMemory.AllocZeroed((nuint)_bytes);
        }
    }

    /// <summary>The last bytes before the page that may not be touched.</summary>
    public Span<byte> Last(int bytes) => new(_start + _bytes - bytes, bytes);

    /// <summary>The first bytes behind a page that may not be touched.</summary>
    public Span<byte> First(int bytes) => new(_start, Math.Min(bytes, _bytes));

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);
}
