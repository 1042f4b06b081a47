using RemoteStore.Model.Histograms;

namespace RemoteStore.PromQL.Execution;

/// <summary>Collects series so that those with the same labels become one; two values at one step are an error. The rows outlive it.</summary>
internal sealed class SeriesMerge : IDisposable
{
    private readonly LabelTable _table;

    public SeriesMerge(QueryContext query, StepGrid grid)
    {
        _table = new LabelTable(query);
        try
        {
            Rows = new RowStore(query, grid.Count);
        }
        catch
        {
            _table.Dispose();
            throw;
        }
    }

    /// <summary>The merged series; whoever takes them disposes them.</summary>
    public RowStore Rows { get; }

    /// <summary>Adds a series.</summary>
    /// <exception cref="QueryException">A series with these labels has a value at one of its steps.</exception>
    public void Add(StepSeries row)
    {
        int number = _table.GetOrAdd(row.Labels);
        if (number == Rows.Count)
        {
            Rows.Add(row);
            return;
        }

        ReadOnlySpan<ulong> bits = row.Present;
        Span<ulong> known = Rows.Present(number);
        for (int word = 0; word < bits.Length; word++)
        {
            if ((bits[word] & known[word]) != 0)
            {
                throw QueryException.SameLabels();
            }
        }

        for (int step = Presence.Next(bits, 0); step >= 0; step = Presence.Next(bits, step + 1))
        {
            Rows.Set(number, step, row.Values[step], row.Histogram(step));
        }
    }

    /// <summary>The row of a label set, added when it is new.</summary>
    public int Row(ReadOnlySpan<byte> labels, bool dropName)
    {
        int number = _table.GetOrAdd(labels);
        return number == Rows.Count ? Rows.Add(labels, dropName) : number;
    }

    /// <summary>Sets one value.</summary>
    /// <exception cref="QueryException">The row has a value at this step.</exception>
    public void Set(int row, int step, double value, FloatHistogram? histogram)
    {
        if (Rows.Has(row, step))
        {
            throw QueryException.SameLabels();
        }

        Rows.Set(row, step, value, histogram);
    }

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();
}
