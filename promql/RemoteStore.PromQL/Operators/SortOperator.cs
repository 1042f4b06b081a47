using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Operators;

/// <summary>
/// <c>sort</c>, <c>sort_desc</c> (floats by value, NaN last) and <c>sort_by_label</c>, <c>sort_by_label_desc</c>. Only one evaluation shows the order: over several
/// steps series pass through.
/// </summary>
internal sealed class SortOperator(QueryContext query, SeriesOperator input, IReadOnlyList<string>? labels, bool descending, int position)
    : SeriesOperator(query, input.Grid)
{
    private readonly byte[][] _labels = [.. (labels ?? []).Select(Encoding.UTF8.GetBytes)];
    private RowStore? _rows;
    private int[] _order = [];
    private int _next;
    private bool _warned;

    /// <inheritdoc/>
    public override SeriesTraits Traits => input.Traits;

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (Query.IsRange && !_warned)
        {
            _warned = true;
            Query.Annotations.Warn(AnnotationText.SortIneffective, position);
        }

        if (Grid.Count != 1)
        {
            return await input.LoadAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_rows is null)
        {
            _rows = new RowStore(Query, Grid.Count);
            await ReadAsync(_rows, cancellationToken).ConfigureAwait(false);
            Order(_rows);
        }

        return _next < _rows.Count;
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        if (Grid.Count == 1)
        {
            bool found = _next < _rows!.Count;
            if (found)
            {
                _rows.CopyTo(_order[_next++], row);
            }

            return found;
        }

        while (input.TryNext(row))
        {
            if (KeepSortable(row))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync()
    {
        _rows?.Dispose();
        Query.Memory.Return(_order);
        _order = [];
        return input.DisposeAsync();
    }

    /// <summary>Histograms have no order by value and are passed over there; false when nothing is left.</summary>
    private bool KeepSortable(StepSeries row)
    {
        if (labels is null)
        {
            row.KeepOnly(histograms: false);
        }

        return !Presence.IsEmpty(row.Present);
    }

    private async ValueTask ReadAsync(RowStore rows, CancellationToken cancellationToken)
    {
        using var row = new StepSeries(Query.Memory, Grid.Count);
        while (await input.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (input.TryNext(row))
            {
                Query.ThrowIfCancelled();
                if (KeepSortable(row))
                {
                    rows.Add(row);
                }
            }
        }
    }

    private void Order(RowStore rows)
    {
        _order = Query.Memory.RentInts(rows.Count);
        for (int row = 0; row < rows.Count; row++)
        {
            _order[row] = row;
        }

        Comparison<int> comparison = labels is null ? (a, b) => ByValue(rows, a, b) : (a, b) => ByLabels(rows, a, b);
        StableSort.Sort(Query, _order.AsSpan(0, rows.Count), comparison);
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
        foreach (byte[] name in _labels)
        {
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
