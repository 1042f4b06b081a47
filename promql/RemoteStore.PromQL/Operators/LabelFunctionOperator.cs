using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary>
/// Applies a change of labels to every series as it passes. Series that become equal are joined where they do not meet: their labels and steps are remembered
/// (<see cref="RepeatGuard"/>), not their values.
/// </summary>
internal sealed class LabelFunctionOperator(QueryContext query, SeriesOperator input, LabelChange change) : SeriesOperator(query, input.Grid)
{
    private readonly LabelEditor _editor = new();
    private RepeatGuard? _guard;
    private long _charged;

    /// <inheritdoc/>
    public override SeriesTraits Traits =>
        RepeatGuard.TraitsOver(Grid) | (change.IsOfName ? SeriesTraits.None : input.Traits & SeriesTraits.OneName);

    /// <inheritdoc/>
    public override ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (_guard is null)
        {
            Query.Memory.Charge(Query.Memory.CheckedLength(change.ScratchBytes));
            _charged = change.ScratchBytes;
            _guard = new RepeatGuard(Query, Grid);
        }

        return input.LoadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        if (!input.TryNext(row))
        {
            return false;
        }

        Query.ThrowIfCancelled();
        if (change.TryChange(row.Labels, _editor, Query))
        {
            ReadOnlySpan<byte> labels = _editor.Finish();
            int maxBytes = Query.Options.MaxLabelBytes;
            row.SetLabels(labels.Length <= maxBytes ? labels : throw QueryException.TooLongLabels(maxBytes));
            row.DropName &= !change.IsOfName;
        }

        _guard!.Pass(row);
        return true;
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync()
    {
        _guard?.Dispose();
        Query.Memory.Release(_charged);
        _charged = 0;
        return input.DisposeAsync();
    }
}
