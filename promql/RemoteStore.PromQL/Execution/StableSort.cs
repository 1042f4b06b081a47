namespace RemoteStore.PromQL.Execution;

/// <summary>Sorts row numbers by merging, so that equal ones keep their order; ends when the query is cancelled, which a comparison in the library's sort cannot.</summary>
internal static class StableSort
{
    /// <summary>Sorts.</summary>
    /// <param name="query">Whose memory and time it takes.</param>
    /// <param name="rows">What to sort.</param>
    /// <param name="comparison">The order.</param>
    public static void Sort(QueryContext query, Span<int> rows, Comparison<int> comparison)
    {
        int[] scratch = query.Memory.RentInts(rows.Length);
        try
        {
            Span<int> from = rows;
            Span<int> to = scratch.AsSpan(0, rows.Length);
            bool swapped = false;
            for (int width = 1; width < rows.Length; width = (int)Math.Min(width * 2L, rows.Length))
            {
                for (int start = 0; start < rows.Length; start = (int)Math.Min(start + (width * 2L), rows.Length))
                {
                    query.ThrowIfCancelled();
                    int middle = (int)Math.Min(start + (long)width, rows.Length);
                    int end = (int)Math.Min(start + (width * 2L), rows.Length);
                    Merge(query, from[start..middle], from[middle..end], to[start..end], comparison);
                }

                Span<int> other = from;
                from = to;
                to = other;
                swapped = !swapped;
            }

            if (swapped)
            {
                from.CopyTo(rows);
            }
        }
        finally
        {
            query.Memory.Return(scratch);
        }
    }

    private static void Merge(QueryContext query, ReadOnlySpan<int> left, ReadOnlySpan<int> right, Span<int> target, Comparison<int> comparison)
    {
        int l = 0;
        int r = 0;
        for (int i = 0; i < target.Length; i++)
        {
            if ((i & 0xfff) == 0)
            {
                query.ThrowIfCancelled();
            }

            bool takeRight = l == left.Length || (r < right.Length && comparison(left[l], right[r]) > 0);
            target[i] = takeRight ? right[r++] : left[l++];
        }
    }
}
