using RemoteStore.Storage.Querying;

namespace RemoteStore.Storage.Merging;

/// <summary>
/// Joins sorted lists that may be shortened, as they come in: two by two, those of like size, so that memory grows with the distinct items and hardly with the number
/// of lists. Safe for concurrent use.
/// </summary>
/// <param name="order">Order of the items; items of order 0 are the same.</param>
/// <param name="limit">Most items of the result, and of each list; 0 = all.</param>
internal sealed class LimitedLists<T>(IComparer<T> order, int limit)
{
    private readonly Lock _lock = new(); // guards _joined
    private readonly List<LimitedList<T>?> _joined = []; // at i what 2^i lists have become

    /// <summary>Adds a list, ascending and without repetition.</summary>
    public void Add(LimitedList<T> list)
    {
        for (int rank = 0; TryPair(rank, list, out LimitedList<T> other); rank++)
        {
            list = Merge(other, list);
        }
    }

    /// <summary>
    /// The distinct items of all lists in order, at most as many as the limit says. Right when each list was shortened to no fewer: an item among the lowest of all
    /// is among the lowest of its own list, and a shortened list shows that there is more than the limit.
    /// </summary>
    public LimitedList<T> ToList()
    {
        lock (_lock)
        {
            var sum = new LimitedList<T>([], false);
            foreach (LimitedList<T>? list in _joined)
            {
                sum = list is { } some ? Merge(some, sum) : sum;
            }

            return sum;
        }
    }

    /// <summary>Takes out the list of a rank; puts the other one there when there is none.</summary>
    private bool TryPair(int rank, LimitedList<T> list, out LimitedList<T> other)
    {
        lock (_lock)
        {
            if (rank == _joined.Count)
            {
                _joined.Add(null);
            }

            other = _joined[rank] ?? default;
            bool isPair = _joined[rank] is not null;
            _joined[rank] = isPair ? null : list;
            return isPair;
        }
    }

    private LimitedList<T> Merge(LimitedList<T> left, LimitedList<T> right)
    {
        if (left.Items.Count == 0 || right.Items.Count == 0)
        {
            return new(left.Items.Count == 0 ? right.Items : left.Items, left.Truncated || right.Truncated);
        }

        var merged = new List<T>(Math.Max(left.Items.Count, right.Items.Count));
        int l = 0;
        int r = 0;
        while (l < left.Items.Count || r < right.Items.Count)
        {
            if (limit > 0 && merged.Count == limit)
            {
                return new(merged, true);
            }

            int sign = l == left.Items.Count ? 1 : r == right.Items.Count ? -1 : order.Compare(left.Items[l], right.Items[r]);
            merged.Add(sign <= 0 ? left.Items[l] : right.Items[r]);
            l += sign <= 0 ? 1 : 0;
            r += sign >= 0 ? 1 : 0;
        }

        return new(merged, left.Truncated || right.Truncated);
    }
}
