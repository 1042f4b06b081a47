using RemoteStore.PromQL.Service;

namespace RemoteStore.Querier.Monitoring;

/// <summary>Adds up what queries cost.</summary>
internal static class TopQueries
{
    /// <summary>The most expensive groups, at most <paramref name="limit"/>.</summary>
    public static IReadOnlyList<TopQuery> Of(IReadOnlyList<FinishedQuery> queries, TopQueryOrder order, int limit)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal); // each text is parsed once
        IEnumerable<IGrouping<string, FinishedQuery>> groups = order == TopQueryOrder.Dashboard
            ? queries.GroupBy(static query => $"{query.DashboardUid}\0{query.PanelId}", StringComparer.Ordinal)
            : queries.GroupBy(query => Normal(query.Text), StringComparer.Ordinal);
        return
        [
            .. groups.Select(Sum)
                .OrderByDescending(top => Cost(top, order))
                .ThenBy(static top => top.Query, StringComparer.Ordinal)
                .ThenBy(static top => top.DashboardUid, StringComparer.Ordinal)
                .ThenBy(static top => top.PanelId, StringComparer.Ordinal)
                .Take(Math.Max(0, limit)),
        ];

        TopQuery Sum(IGrouping<string, FinishedQuery> group)
        {
            FinishedQuery latest = group.Last();
            string text = order == TopQueryOrder.Dashboard ? MostExpensive(group) : group.Key;
            return new TopQuery(
                text,
                latest.DashboardUid,
                latest.PanelId,
                group.Max(static query => query.RangeMs),
                group.LongCount(),
                group.LongCount(static query => query.Failed),
                TimeSpan.FromTicks(group.Sum(static query => query.Elapsed.Ticks)),
                group.Sum(static query => query.Samples),
                group.Sum(static query => query.PeakBytes));
        }

        string MostExpensive(IEnumerable<FinishedQuery> panel) => panel
            .GroupBy(query => Normal(query.Text), StringComparer.Ordinal)
            .MaxBy(static group => group.Sum(static query => query.Elapsed.Ticks))!.Key;

        string Normal(string text)
        {
            if (!texts.TryGetValue(text, out string? normal))
            {
                texts[text] = normal = QueryText.Normalize(text);
            }

            return normal;
        }
    }

    private static long Cost(TopQuery top, TopQueryOrder order) => order switch
    {
        TopQueryOrder.Count => top.Count,
        TopQueryOrder.Bytes => top.TotalBytes,
        _ => top.TotalTime.Ticks,
    };
}
