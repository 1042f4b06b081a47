using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Api.Endpoints;

/// <summary>Joins what several selectors find.</summary>
internal static class Union
{
    /// <summary>Asks for each matcher set and joins the sorted answers: sorted, without repetition, at most <paramref name="limit"/> (0 = all).</summary>
    public static async ValueTask<LimitedList<T>> OfAsync<T>(
        IReadOnlyList<IReadOnlyList<LabelMatcher>> sets, Func<IReadOnlyList<LabelMatcher>, ValueTask<LimitedList<T>>> ask, IComparer<T> order, int limit)
    {
        LimitedList<T> joined = await ask(sets[0]);
        for (int i = 1; i < sets.Count; i++)
        {
            LimitedList<T> next = await ask(sets[i]);
            List<T> merged = Merge(joined.Items, next.Items, order);
            bool cut = limit > 0 && merged.Count > limit;
            joined = new(cut ? [.. merged.Take(limit)] : merged, joined.Truncated || next.Truncated || cut);
        }

        return joined;
    }

    private static List<T> Merge<T>(IReadOnlyList<T> left, IReadOnlyList<T> right, IComparer<T> order)
    {
        var merged = new List<T>(left.Count + right.Count);
        int l = 0;
        int r = 0;
        while (l < left.Count || r < right.Count)
        {
            int compared = l == left.Count ? 1 : r == right.Count ? -1 : order.Compare(left[l], right[r]);
            merged.Add(compared <= 0 ? left[l] : right[r]);
            l += compared <= 0 ? 1 : 0;
            r += compared >= 0 ? 1 : 0;
        }

        return merged;
    }
}
