using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators.Sharing;

/// <summary>An instant vector that stands in a query more than once; its users are <see cref="SharedOperator"/>s.</summary>
internal sealed class SharedRows(QueryContext query, StepGrid grid) : SharedPart<SeriesOperator>(query, grid)
{
    /// <summary>What is kept; null until it has been read.</summary>
    public RowStore? Rows { get; private set; }

    /// <inheritdoc/>
    protected override async ValueTask<bool> KeepAsync(CancellationToken cancellationToken)
    {
        Rows = new RowStore(Query, Grid.Count);
        using var row = new StepSeries(Query.Memory, Grid.Count);
        while (await Input.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (Input.TryNext(row))
            {
                Query.ThrowIfCancelled();
                Rows.Add(row);
                if (!HasRoom(Size(row), Grid.Count))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <inheritdoc/>
    protected override void GiveBack()
    {
        Rows?.Dispose();
        Rows = null;
    }

    private static long Size(StepSeries row)
    {
        long bytes = row.Labels.Length + (9L * row.Steps);
        for (int step = 0; row.HasHistograms && step < row.Steps; step++)
        {
            bytes += row.Histogram(step)?.AllocatedBytes ?? 0;
        }

        return bytes;
    }
}
