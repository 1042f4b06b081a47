using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Operators;

/// <summary>At which steps a side of a set operator has a series of each signature.</summary>
internal sealed class SignaturePresence(QueryContext query, StepGrid grid, MatchSignature signature) : IDisposable
{
    private readonly LabelTable _table = new(query);
    private readonly List<ulong[]> _present = [];

    /// <summary>Adds a series.</summary>
    public void Add(StepSeries row)
    {
        int number = _table.GetOrAdd(signature.Of(row.Labels));
        if (number == _present.Count)
        {
            _present.Add(query.Memory.RentWords(grid.Words));
        }

        ReadOnlySpan<ulong> bits = row.Present;
        for (int word = 0; word < bits.Length; word++)
        {
            _present[number][word] |= bits[word];
        }
    }

    /// <summary>Keeps the steps of a series at which the signature is present, or those at which it is not.</summary>
    public void Filter(StepSeries row, bool keepPresent)
    {
        int number = _table.Find(signature.Of(row.Labels));
        Span<ulong> bits = row.Present;
        if (number < 0)
        {
            if (keepPresent)
            {
                bits.Clear();
            }

            return;
        }

        for (int word = 0; word < bits.Length; word++)
        {
            bits[word] &= keepPresent ? _present[number][word] : ~_present[number][word];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _table.Dispose();
        foreach (ulong[] bits in _present)
        {
            query.Memory.Return(bits);
        }
    }
}

/// <summary><c>and</c> and <c>unless</c>: folds the right side into bitmaps, then lets the left side pass.</summary>
internal sealed class FilterOperator(QueryContext query, SeriesOperator left, SeriesOperator right, VectorMatching matching, bool keepPresent)
    : SeriesOperator(query, left.Grid)
{
    private readonly SignaturePresence _right = new(query, left.Grid, new MatchSignature(matching));
    private bool _folded;

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (!_folded)
        {
            _folded = true;
            using var row = new StepSeries(Query.Memory, Grid.Count);
            while (await right.LoadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (right.TryNext(row))
                {
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
            _right.Filter(row, keepPresent);
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
        _right.Dispose();
        await left.DisposeAsync().ConfigureAwait(false);
        await right.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary><c>or</c>: the left side, and of the right side what has no match on the left.</summary>
internal sealed class UnionOperator(QueryContext query, SeriesOperator left, SeriesOperator right, VectorMatching matching)
    : BlockingOperator(query, left.Grid)
{
    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        await base.CloseAsync().ConfigureAwait(false);
        await left.DisposeAsync().ConfigureAwait(false);
        await right.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask ComputeAsync(CancellationToken cancellationToken)
    {
        using var present = new SignaturePresence(Query, Grid, new MatchSignature(matching));
        using var merge = new SeriesMerge(Query, Grid);
        Result = merge.Rows;
        using var row = new StepSeries(Query.Memory, Grid.Count);
        while (await left.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (left.TryNext(row))
            {
                present.Add(row);
                merge.Add(row);
            }
        }

        while (await right.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (right.TryNext(row))
            {
                present.Filter(row, keepPresent: false);
                if (!Presence.IsEmpty(row.Present))
                {
                    merge.Add(row);
                }
            }
        }
    }
}
