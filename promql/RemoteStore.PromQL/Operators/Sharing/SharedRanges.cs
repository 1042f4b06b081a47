using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Operators.Sharing;

/// <summary>A range selector that stands in a query more than once, below different functions; its users are <see cref="SharedRangeSource"/>s.</summary>
internal sealed class SharedRanges(QueryContext query, StepGrid grid) : SharedPart<RangeSource>(query, grid)
{
    private readonly List<KeptRange> _kept = [];

    /// <summary>Number of series that are kept.</summary>
    public int Count => _kept.Count;

    /// <summary>A series that is kept.</summary>
    public KeptRange this[int index] => _kept[index];

    /// <inheritdoc/>
    protected override async ValueTask<bool> KeepAsync(CancellationToken cancellationToken)
    {
        using var row = new StepSeries(Query.Memory, Math.Max(1, Grid.Count));
        while (await Input.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (Input.TryNext(row, out RangeColumns columns))
            {
                Query.ThrowIfCancelled();
                var kept = new KeptRange(Query, row, columns);
                _kept.Add(kept);
                if (!HasRoom(kept.Bytes, kept.Samples))
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
        foreach (KeptRange kept in _kept)
        {
            kept.Dispose();
        }

        _kept.Clear();
    }
}
