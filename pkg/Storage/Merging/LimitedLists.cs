using RemoteStore.Storage.Querying;

namespace RemoteStore.Storage.Merging;

/// <summary>Joins sorted lists that may be shortened.</summary>
internal static class LimitedLists
{
    /// <summary>
    /// The distinct items of all lists in order, at most <paramref name="limit"/> (0 = all). Right when each list was shortened to no fewer: an item among
    /// the lowest of all is among the lowest of its own list, and a shortened list shows that there is more than the limit.
    /// </summary>
    /// <param name="lists">Each ascending and without repetition.</param>
    /// <param name="order">Their order; items of order 0 are the same.</param>
    /// <param name="limit">Most items of the result, and of each list.</param>
    public static LimitedList<T> Merge<T>(IReadOnlyList<LimitedList<T>> lists, IComparer<T> order, int limit)
    {
        var queue = new PriorityQueue<(IReadOnlyList<T> Items, int Next), T>(order);
        bool truncated = false;
        foreach (LimitedList<T> list in lists)
        {
            truncated |= list.Truncated;
            if (list.Items.Count > 0)
            {
                queue.Enqueue((list.Items, 0), list.Items[0]);
            }
        }

        var merged = new List<T>();
        while (queue.TryDequeue(out (IReadOnlyList<T> Items, int Next) list, out T? item))
        {
            if (merged.Count == 0 || order.Compare(merged[^1], item) != 0)
            {
                if (limit > 0 && merged.Count == limit)
                {
                    truncated = true;
                    break;
                }

                merged.Add(item);
            }

            if (list.Next + 1 < list.Items.Count)
            {
                queue.Enqueue((list.Items, list.Next + 1), list.Items[list.Next + 1]);
            }
        }

        return new(merged, truncated);
    }
}
