using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Tests.Windows;

/// <summary>What a block tells of labels.</summary>
internal sealed record LabelView(string[] Series, string[] Names, string[] Values, string[] Selected, bool SeriesCut, bool NamesCut, bool ValuesCut)
{
    public static LabelView Read(BlockReader block, LabelMatcher[] matchers, int limit) => ReadAsync(block, matchers, limit).GetAwaiter().GetResult();

    public static async Task<IReadOnlyList<string>> ValuesOfAsync(BlockReader block, string name)
    {
        await using IQuerier querier = block.OpenQuerier(QueryRange.All);
        return (await querier.LabelValuesAsync(name, [], 0, CancellationToken.None)).Items;
    }

    /// <summary>All of it, for comparison.</summary>
    public string Text => string.Join('\n', (IEnumerable<object>)[.. Series, SeriesCut, "names", .. Names, NamesCut, "values", .. Values, ValuesCut, "selected", .. Selected]);

    private static async Task<LabelView> ReadAsync(BlockReader block, LabelMatcher[] matchers, int limit)
    {
        await using IQuerier querier = block.OpenQuerier(QueryRange.All);
        LimitedList<LabelSet> series = await querier.SelectSeriesAsync(matchers, limit, CancellationToken.None);
        LimitedList<string> names = await querier.LabelNamesAsync(matchers, limit, CancellationToken.None);
        LimitedList<string> values = await querier.LabelValuesAsync("zone", matchers, limit, CancellationToken.None);
        var selected = new List<string>();
        await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All, LabelsOnly: true), matchers, CancellationToken.None);
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            selected.AddRange(Enumerable.Range(0, set.Current.Count).Select(i => set.Current.Labels(i).ToString()));
        }

        return new LabelView(
            [.. series.Items.Select(static labels => labels.ToString())], [.. names.Items], [.. values.Items], [.. selected], series.Truncated, names.Truncated, values.Truncated);
    }
}
