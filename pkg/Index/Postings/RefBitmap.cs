using System.Numerics;

namespace RemoteStore.Index.Postings;

/// <summary>A set of refs below a bound, one bit each: the union of many lists without sorting.</summary>
internal sealed class RefBitmap(uint upTo)
{
    private readonly ulong[] _words = new ulong[(int)(((ulong)upTo + 63) / 64)];

    /// <summary>Adds all refs of a list.</summary>
    public void Add(in PostingsList list)
    {
        PostingsRuns runs = list.Runs(upTo);
        while (runs.MoveNext())
        {
            SetRange(runs.Start, runs.End);
        }
    }

    /// <summary>True when the ref, below the bound, is in the set.</summary>
    public bool Contains(uint seriesRef) => (_words[seriesRef >> 6] & (1ul << (int)(seriesRef & 63))) != 0;

    /// <summary>Keeps the refs whose membership is <paramref name="member"/>.</summary>
    /// <returns>How many stay, moved to the front.</returns>
    public int Filter(Span<uint> refs, bool member)
    {
        int kept = 0;
        foreach (uint r in refs)
        {
            refs[kept] = r;
            kept += Contains(r) == member ? 1 : 0;
        }

        return kept;
    }

    /// <summary>The refs in ascending order.</summary>
    public uint[] ToArray()
    {
        int count = 0;
        foreach (ulong word in _words)
        {
            count += BitOperations.PopCount(word);
        }

        uint[] refs = GC.AllocateUninitializedArray<uint>(count);
        int next = 0;
        for (int i = 0; i < _words.Length; i++)
        {
            for (ulong word = _words[i]; word != 0; word &= word - 1)
            {
                refs[next++] = ((uint)i << 6) + (uint)BitOperations.TrailingZeroCount(word);
            }
        }

        return refs;
    }

    private void SetRange(uint start, uint end)
    {
        while (start < end)
        {
            int bit = (int)(start & 63);
            int length = (int)Math.Min(64 - (uint)bit, end - start);
            _words[start >> 6] |= (length == 64 ? ulong.MaxValue : (1ul << length) - 1) << bit;
            start += (uint)length;
        }
    }
}
