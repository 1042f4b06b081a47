using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Results;

/// <summary>Reads an operator to its end: drops names that are to be dropped, joins what becomes equal, and orders the series of a range query.</summary>
internal static class ResultReader
{
    /// <summary>Reads all series.</summary>
    public static async ValueTask<List<ResultSeries>> ReadAsync(
        QueryContext query, StepGrid grid, SeriesOperator input, CancellationToken cancellationToken)
    {
        var editor = new LabelEditor();
        using var merge = new SeriesMerge(query, grid);
        using RowStore rows = merge.Rows;
        using var row = new StepSeries(query.Memory, grid.Count);
        while (await input.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (input.TryNext(row))
            {
                if (row.DropName)
                {
                    row.SetLabels(editor.Without(row.Labels, LabelNameList.Metadata));
                }

                merge.Add(row);
            }
        }

        var result = new List<ResultSeries>(rows.Count);
        for (int i = 0; i < rows.Count; i++)
        {
            result.Add(Copy(rows, i, grid));
        }

        if (query.IsRange)
        {
            result.Sort(static (a, b) => a.Labels.CompareTo(b.Labels));
        }

        return result;
    }

    private static ResultSeries Copy(RowStore rows, int row, StepGrid grid)
    {
        ReadOnlySpan<ulong> present = rows.Present(row);
        int count = Presence.Count(present);
        long[] times = new long[count];
        double[] values = new double[count];
        FloatHistogram?[]? source = rows.Histograms(row);
        FloatHistogram?[]? histograms = source is null ? null : new FloatHistogram?[count];
        int next = 0;
        for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
        {
            times[next] = grid.Time(step);
            values[next] = rows.Values(row)[step];
            if (source is not null)
            {
                histograms![next] = source[step];
            }

            next++;
        }

        return new ResultSeries(new LabelSet(rows.Labels(row).ToArray()), times, values, histograms);
    }
}
