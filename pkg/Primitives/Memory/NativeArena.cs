using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace RemoteStore.Primitives.Memory;

/// <summary>
/// Append-only native memory in chunks that never move. An allocation is named by a 32-bit handle, never 0; memory starts zeroed and is freed with the
/// arena as a whole. The first chunks are small, so that an arena with little in it costs little.
/// </summary>
/// <remarks>
/// One thread allocates. Others may resolve handles that were published to them (through a volatile write or a lock) after the allocation. At most
/// about 32 GiB. Nothing may be resolved or read after <see cref="Dispose"/>.
/// </remarks>
public sealed unsafe class NativeArena : IDisposable
{
    /// <summary>Largest single allocation in bytes.</summary>
    public const int MaxAllocation = 1 << 30;

    private const int UnitShift = 3;
    private const int ChunkShift = 21;
    private const int ChunkBytes = 1 << ChunkShift;
    private const int UnitsPerChunkShift = ChunkShift - UnitShift;
    private const uint UnitMask = (1u << UnitsPerChunkShift) - 1;
    private const int MaxChunks = 1 << (32 - UnitsPerChunkShift);
    private const int FirstChunkBytes = 4 << 10;

    private readonly bool _hugePages;
    private nint[] _bases = new nint[8]; // replaced, never changed in place below _count
    private ArenaChunk[] _chunks = new ArenaChunk[8];
    private int _count;
    private int _current = -1;
    private int _used;
    private int _capacity;
    private long _allocatedBytes;
    private bool _disposed;

    /// <summary>Creates an empty arena.</summary>
    /// <param name="hugePages">True to ask the system for huge pages behind full-size chunks.</param>
    public NativeArena(bool hugePages = false) => _hugePages = hugePages;

    /// <summary>Bytes of all chunks, used or not.</summary>
    public long AllocatedBytes => Volatile.Read(ref _allocatedBytes);

    /// <summary>Allocates zeroed memory, aligned to eight bytes.</summary>
    /// <returns>The handle.</returns>
    /// <exception cref="InsufficientMemoryException">The arena or the system is full.</exception>
    public uint Allocate(int bytes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)MaxAllocation, nameof(bytes));
        int rounded = (Math.Max(bytes, 1) + 7) & ~7;
        if (rounded > ChunkBytes / 4)
        {
            return (uint)AddChunk(rounded) << UnitsPerChunkShift; // a chunk of its own; the current one stays open
        }

        if (_used + rounded > _capacity)
        {
            int size = Math.Max(FirstChunkBytes, Math.Min(ChunkBytes, _capacity * 4));
            while (size < rounded + (1 << UnitShift))
            {
                size *= 4;
            }

            size = Math.Min(size, ChunkBytes);
            _current = AddChunk(size);
            _used = _current == 0 ? 1 << UnitShift : 0; // handle 0 stays free to mean none
            _capacity = size;
        }

        uint handle = ((uint)_current << UnitsPerChunkShift) | (uint)(_used >> UnitShift);
        _used += rounded;
        return handle;
    }

    /// <summary>Where an allocation begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // one add on the way of every sample
    public nint Address(uint handle) =>
        Volatile.Read(ref _bases)[handle >> UnitsPerChunkShift] + (nint)((handle & UnitMask) << UnitShift);

    /// <summary>A value at the start of an allocation that is at least that large.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T At<T>(uint handle)
        where T : unmanaged =>
        ref Unsafe.AsRef<T>((void*)Address(handle)); // Safety: handles come from Allocate alone; the caller knows what it put there.

    /// <summary>Bytes of an allocation.</summary>
    /// <param name="handle">From <see cref="Allocate"/>.</param>
    /// <param name="offset">Bytes to skip.</param>
    /// <param name="length">Bytes to give; offset plus length is at most what was allocated.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Bytes(uint handle, int offset, int length) => new((byte*)Address(handle) + offset, length); // Safety: as above.

    /// <summary>Brings the first 256 bytes of an allocation to the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint handle)
    {
        if (Sse.IsSupported)
        {
            byte* address = (byte*)Address(handle);
            Sse.Prefetch0(address);
            Sse.Prefetch0(address + 64);
            Sse.Prefetch0(address + 128);
            Sse.Prefetch0(address + 192);
        }
    }

    /// <summary>As <see cref="Bytes"/>, for keeping.</summary>
    public StableBytes Stable(uint handle, int offset, int length) => new(Address(handle) + offset, length);

    /// <summary>As <see cref="Bytes"/>, as memory that can be stored; allocates nothing. Valid until the arena is disposed.</summary>
    public ReadOnlyMemory<byte> Memory(uint handle, int offset, int length)
    {
        ArenaChunk chunk = Volatile.Read(ref _chunks)[handle >> UnitsPerChunkShift];
        return chunk.Memory.Slice((int)((handle & UnitMask) << UnitShift) + offset, length);
    }

    /// <summary>Frees all memory.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        for (int i = 0; i < _count; i++)
        {
            ((IDisposable)_chunks[i]).Dispose();
        }

        _count = 0;
        _bases = [];
        _chunks = [];
        _allocatedBytes = 0;
    }

    private int AddChunk(int bytes)
    {
        bool first = _count == 0 && bytes > ChunkBytes / 4;
        if (first)
        {
            // Chunk 0 must begin with the unit that handle 0 would name.
            _current = AddChunk(FirstChunkBytes);
            _used = 1 << UnitShift;
            _capacity = FirstChunkBytes;
        }

        if (_count == MaxChunks)
        {
            throw new InsufficientMemoryException("the arena has used all its handles");
        }

        if (_count == _bases.Length)
        {
            nint[] bases = new nint[_count * 2];
            var chunks = new ArenaChunk[_count * 2];
            Array.Copy(_bases, bases, _count);
            Array.Copy(_chunks, chunks, _count);
            Volatile.Write(ref _bases, bases);
            Volatile.Write(ref _chunks, chunks);
        }

        var chunk = new ArenaChunk(bytes, _hugePages && bytes == ChunkBytes);
        _bases[_count] = chunk.Address;
        _chunks[_count] = chunk;
        Volatile.Write(ref _allocatedBytes, _allocatedBytes + bytes);
        return _count++;
    }
}
