using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Operators;

/// <summary><c>and</c> and <c>unless</c>: folds the right side into bitmaps, then lets the left side pass.</summary>
internal sealed class FilterOperator(QueryContext query, SeriesOperator left, SeriesOperator right, VectorMatching matching, bool keepPresent)
    : SeriesOperator(query, left.Grid)
{
    private SignaturePresence? _right;

    /// <inheritdoc/>
    public override SeriesTraits Traits => left.Traits;

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (_right is null)
        {
            _right = new SignaturePresence(Query, Grid, new MatchSignature(matching));
            using var row = new StepSeries(Query.Memory, Grid.Count);
            while (await right.LoadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (right.TryNext(row))
                {
                    Query.ThrowIfCancelled();
                    _right.Add(row);
                }
            }
        }

        return await left.LoadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        while (left.TryNext(row))
        {
            _right!.Filter(row, keepPresent);
            if (!Presence.IsEmpty(row.Present))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        _right?.Dispose();
        await left.DisposeAsync().ConfigureAwait(false);
        await right.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>
/// <c>or</c>: the left side, and of the right side what has no match on the left. Both pass through; of the left signatures and steps are remembered, and of
/// all labels, for a series may have its values now from one side, now from the other.
/// </summary>
internal sealed class UnionOperator(QueryContext query, SeriesOperator left, SeriesOperator right, VectorMatching matching)
    : SeriesOperator(query, left.Grid)
{
    private SignaturePresence? _left;
    private RepeatGuard? _guard;
    private bool _leftEnded;

    /// <inheritdoc/>
    public override SeriesTraits Traits => RepeatGuard.TraitsOver(Grid);

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        _left ??= new SignaturePresence(Query, Grid, new MatchSignature(matching));
        _guard ??= new RepeatGuard(Query, Grid);
        if (!_leftEnded)
        {
            if (await left.LoadAsync(cancellationToken).ConfigureAwait(false))
            {
                return true;
            }

            _leftEnded = true;
        }

        return await right.LoadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        if (!_leftEnded)
        {
            if (!left.TryNext(row))
            {
                return false;
            }

            _left!.Add(row);
            _guard!.Pass(row);
            return true;
        }

        while (right.TryNext(row))
        {
            _left!.Filter(row, keepPresent: false);
            if (!Presence.IsEmpty(row.Present))
            {
                _guard!.Pass(row);
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        _left?.Dispose();
        _guard?.Dispose();
        await left.DisposeAsync().ConfigureAwait(false);
        await right.DisposeAsync().ConfigureAwait(false);
    }
}
