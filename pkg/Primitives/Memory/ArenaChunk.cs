using System.Buffers;

namespace RemoteStore.Primitives.Memory;

/// <summary>One block of native memory that hands out <see cref="Memory{T}"/> without allocating.</summary>
internal sealed unsafe class ArenaChunk : MemoryManager<byte>
{
    private readonly int _length;
    private nint _address;

    public ArenaChunk(int length, bool hugePages)
    {
        _length = length;
        _address = NativePages.Allocate((nuint)length);
        if (hugePages)
        {
            NativePages.AdviseHuge(_address, (nuint)length);
        }
    }

    public nint Address => _address;

    public override Span<byte> GetSpan()
    {
        nint address = _address;
        ObjectDisposedException.ThrowIf(address == 0, this);
        return new Span<byte>((void*)address, _length); // Safety: the block is that long until Dispose.
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length, nameof(elementIndex));
        return new MemoryHandle((byte*)_address + elementIndex);
    }

    public override void Unpin()
    {
        // Native memory does not move.
    }

    protected override void Dispose(bool disposing)
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address != 0)
        {
            NativePages.Free(address, (nuint)_length);
        }
    }
}
