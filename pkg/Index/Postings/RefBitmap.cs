using System.Numerics;

namespace RemoteStore.Index.Postings;

/// <summary>
/// A set of refs below a bound, one bit each: the union of many lists without sorting. Bits come in pages, and only pages with members exist: refs that
/// were given up leave wide gaps.
/// </summary>
internal sealed class RefBitmap(uint upTo)
{
    private const int PageShift = 15;
    private const int WordsPerPage = 1 << (PageShift - 6);

    private readonly ulong[]?[] _pages = new ulong[(int)(((ulong)upTo + (1u << PageShift) - 1) >> PageShift)][];

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
    public bool Contains(uint seriesRef) =>
        _pages[seriesRef >> PageShift] is { } page && (page[WordIn(seriesRef)] & (1ul << (int)(seriesRef & 63))) != 0;

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
        foreach (ulong[]? page in _pages)
        {
            foreach (ulong word in page.AsSpan())
            {
                count += BitOperations.PopCount(word);
            }
        }

        uint[] refs = GC.AllocateUninitializedArray<uint>(count);
        int next = 0;
        for (int p = 0; p < _pages.Length; p++)
        {
            ReadOnlySpan<ulong> words = _pages[p];
            for (int i = 0; i < words.Length; i++)
            {
                uint first = ((uint)p << PageShift) + ((uint)i << 6);
                for (ulong word = words[i]; word != 0; word &= word - 1)
                {
                    refs[next++] = first + (uint)BitOperations.TrailingZeroCount(word);
                }
            }
        }

        return refs;
    }

    private static uint WordIn(uint seriesRef) => (seriesRef >> 6) & (WordsPerPage - 1);

    private void SetRange(uint start, uint end)
    {
        while (start < end)
        {
            ulong[] page = _pages[start >> PageShift] ??= new ulong[WordsPerPage];
            int bit = (int)(start & 63);
            int length = (int)Math.Min(64 - (uint)bit, end - start);
            page[WordIn(start)] |= (length == 64 ? ulong.MaxValue : (1ul << length) - 1) << bit;
            start += (uint)length;
        }
    }
}
