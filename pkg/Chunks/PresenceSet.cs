using System.Numerics;

namespace RemoteStore.Chunks;

/// <summary>Which of the timestamps of a shared column a series has: positions 0 to <see cref="Total"/> - 1. Cleared and used again.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class PresenceSet
{
    private readonly ulong[] _words = new ulong[ChunkLimits.MaxSamples / 64];

    /// <summary>Length of the shared column.</summary>
    public int Total { get; private set; }

    /// <summary>How many positions are present.</summary>
    public int Count { get; private set; }

    /// <summary>True when every position is present.</summary>
    public bool IsAll => Count == Total;

    /// <summary>A bit per position, lowest first; bits from <see cref="Total"/> on are zero.</summary>
    public ReadOnlySpan<ulong> Words => _words.AsSpan(0, (Total + 63) >> 6);

    /// <summary>Becomes the empty set of <paramref name="total"/> positions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or above <see cref="ChunkLimits.MaxSamples"/>.</exception>
    public void Reset(int total)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)total, (uint)ChunkLimits.MaxSamples, nameof(total));
        Total = total;
        Count = 0;
        _words.AsSpan().Clear();
    }

    /// <summary>Becomes the whole set of <paramref name="total"/> positions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or above <see cref="ChunkLimits.MaxSamples"/>.</exception>
    public void SetAll(int total)
    {
        Reset(total);
        AddRange(0, total);
    }

    /// <summary>Adds a position; nothing happens if it is there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not below <see cref="Total"/>.</exception>
    public void Add(int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)Total, nameof(position));
        ulong bit = 1UL << (position & 63);
        Count += (_words[position >> 6] & bit) == 0 ? 1 : 0;
        _words[position >> 6] |= bit;
    }

    /// <summary>Adds adjacent positions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all below <see cref="Total"/>.</exception>
    public void AddRange(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)first, (uint)Total, nameof(first));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(Total - first), nameof(count));
        int end = first + count;
        while (first < end)
        {
            int bit = first & 63;
            int length = Math.Min(64 - bit, end - first);
            ulong mask = (ulong.MaxValue >> (64 - length)) << bit;
            Count += BitOperations.PopCount(mask & ~_words[first >> 6]);
            _words[first >> 6] |= mask;
            first += length;
        }
    }

    /// <summary>Removes a position; nothing happens if it is not there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not below <see cref="Total"/>.</exception>
    public void Remove(int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)Total, nameof(position));
        ulong bit = 1UL << (position & 63);
        Count -= (_words[position >> 6] & bit) != 0 ? 1 : 0;
        _words[position >> 6] &= ~bit;
    }

    /// <summary>True when the position is present; false for any that is not below <see cref="Total"/>.</summary>
    public bool Contains(int position) => (uint)position < (uint)Total && ((_words[position >> 6] >> (position & 63)) & 1) != 0;

    /// <summary>
    /// Finds a series' timestamps in a column. Both strictly ascending; the walk ends at the first timestamp that the column lacks.
    /// </summary>
    /// <param name="column">Timestamps of the column, at most <see cref="ChunkLimits.MaxSamples"/>.</param>
    /// <param name="timestamps">Timestamps of the series.</param>
    /// <returns>True when all are in the column; the set then tells where. Else its content is unspecified.</returns>
    public bool TryMatch(ReadOnlySpan<long> column, ReadOnlySpan<long> timestamps)
    {
        Reset(column.Length);
        if (timestamps.Length > column.Length)
        {
            return false;
        }

        if (timestamps.Length == column.Length)
        {
            AddRange(0, column.Length);
            return timestamps.SequenceEqual(column);
        }

        int at = 0;
        foreach (long timestamp in timestamps)
        {
            while (at < column.Length && column[at] < timestamp)
            {
                at++;
            }

            if (at >= column.Length || column[at] != timestamp)
            {
                return false;
            }

            _words[at >> 6] |= 1UL << (at & 63);
            at++;
        }

        Count = timestamps.Length;
        return true;
    }

    /// <summary>Picks what is present out of a column.</summary>
    /// <param name="column">At least <see cref="Total"/> values.</param>
    /// <param name="destination">Gets <see cref="Count"/> values in their order; may be <paramref name="column"/> itself.</param>
    /// <returns><see cref="Count"/>.</returns>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public int Select(ReadOnlySpan<long> column, Span<long> destination)
    {
        if (column.Length < Total || destination.Length < Count)
        {
            throw new ArgumentException("the column or its destination is too short", nameof(column));
        }

        if (IsAll)
        {
            column[..Total].CopyTo(destination);
            return Count;
        }

        int written = 0;
        for (int word = 0; word < Words.Length; word++)
        {
            for (ulong bits = _words[word]; bits != 0; bits &= bits - 1)
            {
                destination[written++] = column[(word << 6) + BitOperations.TrailingZeroCount(bits)];
            }
        }

        return written;
    }
}
