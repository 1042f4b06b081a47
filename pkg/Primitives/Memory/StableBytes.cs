namespace RemoteStore.Primitives.Memory;

/// <summary>Bytes in native memory that neither move nor change while their arena lives. Whoever keeps one must not outlive that arena.</summary>
public readonly unsafe struct StableBytes
{
    /// <summary>Names <paramref name="length"/> bytes at <paramref name="address"/>.</summary>
    public StableBytes(nint address, int length)
    {
        Address = address;
        Length = length;
    }

    /// <summary>Where they begin.</summary>
    public nint Address { get; }

    /// <summary>How many.</summary>
    public int Length { get; }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => new((void*)Address, Length); // Safety: the creator vouches for address and length.

    /// <summary>A part of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part is not within.</exception>
    public StableBytes Slice(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)Length, nameof(start));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(Length - start), nameof(length));
        return new StableBytes(Address + start, length);
    }
}
