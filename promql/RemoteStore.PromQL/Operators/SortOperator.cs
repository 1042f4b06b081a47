using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Operators;

/// <summary>
/// <c>sort</c>, <c>sort_desc</c> (floats by value, NaN last) and <c>sort_by_label</c>, <c>sort_by_label_desc</c>. Only an instant query shows the order.
/// </summary>
internal sealed class SortOperator(QueryContext query, SeriesOperator input, IReadOnlyList<string>? labels, bool descending, int position)
    : BlockingOperator(query, input.Grid)
{
    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        await base.CloseAsync().ConfigureAwait(false);
        await input.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask ComputeAsync(CancellationToken cancellationToken)
    {
        if (Query.IsRange)
        {
            Query.Annotations.Warn(AnnotationText.SortIneffective, position);
        }

        using RowStore rows = await ReadAllAsync(input, cancellationToken).ConfigureAwait(false);
        Result = new RowStore(Query, Grid.Count);
        using var row = new StepSeries(Query.Memory, Grid.Count);
        int[] order = [.. Enumerable.Range(0, rows.Count)];
        if (Grid.Count == 1)
        {
            Comparison<int> comparison = labels is null ? (a, b) => ByValue(rows, a, b) : (a, b) => ByLabels(rows, a, b);
            order = [.. order.Order(Comparer<int>.Create(comparison))];
        }

        foreach (int index in order)
        {
            rows.CopyTo(index, row);
            if (labels is null)
            {
                row.KeepOnly(histograms: false);
            }

            Result.Add(row);
        }
    }

    private int ByValue(RowStore rows, int a, int b)
    {
        double x = rows.Values(a)[0];
        double y = rows.Values(b)[0];
        if (double.IsNaN(x) || double.IsNaN(y))
        {
            return double.IsNaN(x).CompareTo(double.IsNaN(y));
        }

        return descending ? y.CompareTo(x) : x.CompareTo(y);
    }

    private int ByLabels(RowStore rows, int a, int b)
    {
        foreach (string label in labels!)
        {
            byte[] name = Encoding.UTF8.GetBytes(label);
            int order = NaturalOrder.Compare(LabelSet.GetValue(rows.Labels(a), name), LabelSet.GetValue(rows.Labels(b), name));
            if (order != 0)
            {
                return descending ? -order : order;
            }
        }

        int whole = LabelSet.Compare(rows.Labels(a), rows.Labels(b));
        return descending ? -whole : whole;
    }
}
