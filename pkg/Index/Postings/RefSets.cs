namespace RemoteStore.Index.Postings;

/// <summary>Set operations between a sorted array of refs and lists. Refs in arrays are ascending and unique.</summary>
internal static class RefSets
{
    /// <summary>All refs of the list below <paramref name="upTo"/>.</summary>
    public static uint[] Decode(in PostingsList list, uint upTo)
    {
        uint[] refs = GC.AllocateUninitializedArray<uint>(checked((int)Math.Min(list.Count, upTo)));
        int count = 0;
        PostingsRuns runs = list.Runs(upTo);
        while (runs.MoveNext())
        {
            for (uint r = runs.Start; r < runs.End; r++)
            {
                refs[count++] = r;
            }
        }

        return count == refs.Length ? refs : refs[..count];
    }

    /// <summary>Keeps the refs that are in the list as well.</summary>
    /// <returns>How many stay, moved to the front.</returns>
    public static int Intersect(Span<uint> refs, PostingsRuns runs)
    {
        int kept = 0;
        int i = 0;
        while (i < refs.Length && runs.MoveNext())
        {
            i = SkipBelow(refs, i, runs.Start);
            while (i < refs.Length && refs[i] < runs.End)
            {
                refs[kept++] = refs[i++];
            }
        }

        return kept;
    }

    /// <summary>Removes the refs that are in the list.</summary>
    /// <returns>How many stay, moved to the front.</returns>
    public static int Subtract(Span<uint> refs, PostingsRuns runs)
    {
        int kept = 0;
        int i = 0;
        while (i < refs.Length && runs.MoveNext())
        {
            while (i < refs.Length && refs[i] < runs.Start)
            {
                refs[kept++] = refs[i++];
            }

            i = SkipBelow(refs, i, runs.End);
        }

        refs[i..].CopyTo(refs[kept..]);
        return kept + (refs.Length - i);
    }

    /// <summary>True when a ref is in the list.</summary>
    public static bool Intersects(ReadOnlySpan<uint> refs, PostingsRuns runs)
    {
        int i = 0;
        while (i < refs.Length && runs.MoveNext())
        {
            i = SkipBelow(refs, i, runs.Start);
            if (i < refs.Length && refs[i] < runs.End)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>First position from <paramref name="from"/> on whose ref is at least <paramref name="bound"/>; gallops, as steps are mostly short.</summary>
    private static int SkipBelow(ReadOnlySpan<uint> refs, int from, uint bound)
    {
        if (from >= refs.Length || refs[from] >= bound)
        {
            return from;
        }

        int low = from; // refs[low] < bound
        int step = 1;
        while (low + step < refs.Length && refs[low + step] < bound)
        {
            low += step;
            step *= 2;
        }

        int high = Math.Min(low + step, refs.Length);
        while (high - low > 1)
        {
            int middle = low + ((high - low) / 2);
            if (refs[middle] < bound)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return high;
    }
}
