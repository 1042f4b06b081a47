using System.Numerics;
using System.Runtime.CompilerServices;

namespace RemoteStore.Primitives.Memory;

/// <summary>
/// A growing array in native memory whose elements never move: segments double in size, and a new one leaves the old ones where they are.
/// </summary>
/// <remarks>One thread appends; others read elements below the <see cref="Count"/> they saw, without locks. Nothing may be read after disposal.</remarks>
/// <typeparam name="T">Element, plain data.</typeparam>
public sealed unsafe class SegmentedArray<T> : IDisposable
    where T : unmanaged
{
    private const int FirstShift = 6;
    private const int FirstSegment = 1 << FirstShift;

    private readonly nint[] _segments = new nint[31 - FirstShift];
    private int _count;

    /// <summary>Number of elements. Elements below a value read here are complete.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes of the segments that hold elements; the untouched rest of the last one is not counted.</summary>
    public long AllocatedBytes
    {
        get
        {
            long used = (long)Count * sizeof(T);
            return Math.Max(used, (long)FirstSegment * sizeof(T));
        }
    }

    /// <summary>An element; <paramref name="index"/> is below <see cref="Count"/>.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)] // on the way of every sample that is replayed or queried
        get
        {
            uint biased = (uint)index + FirstSegment;
            int segment = BitOperations.Log2(biased) - FirstShift;
            // Safety: segments[segment] holds FirstSegment << segment elements; a negative or far index fails on the array's bounds or on null.
            return ref ((T*)_segments[segment])[biased - ((uint)FirstSegment << segment)];
        }
    }

    /// <summary>Appends an element and publishes it.</summary>
    /// <returns>Its index.</returns>
    /// <exception cref="InsufficientMemoryException">The system refuses, or the array has 2^31 - 64 elements.</exception>
    public int Append(T element)
    {
        int index = _count;
        uint biased = (uint)index + FirstSegment;
        int segment = BitOperations.Log2(biased) - FirstShift;
        if (segment >= _segments.Length)
        {
            throw new InsufficientMemoryException("the array has used all its indexes");
        }

        if (_segments[segment] == 0)
        {
            _segments[segment] = NativePages.Allocate(SegmentBytes(segment));
        }

        this[index] = element;
        Volatile.Write(ref _count, index + 1);
        return index;
    }

    /// <summary>Frees all memory.</summary>
    public void Dispose()
    {
        _count = 0;
        for (int i = 0; i < _segments.Length; i++)
        {
            nint address = Interlocked.Exchange(ref _segments[i], 0);
            if (address != 0)
            {
                NativePages.Free(address, SegmentBytes(i));
            }
        }
    }

    private static nuint SegmentBytes(int segment) => ((nuint)FirstSegment << segment) * (nuint)sizeof(T);
}
