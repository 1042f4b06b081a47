using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Aggregations;

/// <summary>
/// State of an aggregation for all groups and steps. Series are folded in one by one as they arrive, so that memory depends on groups and steps alone; at
/// each step the order of additions is that of the series.
/// </summary>
internal abstract class GroupFold(QueryContext query, StepGrid grid, int position) : IDisposable
{
    private readonly List<ulong[]> _seen = [];
    private readonly List<double[]> _columns = [];
    private long _charged;

    protected QueryContext Query { get; } = query;

    protected StepGrid Grid { get; } = grid;

    /// <summary>Place of the operand, for annotations.</summary>
    protected int Position { get; } = position;

    /// <summary>Adds a group.</summary>
    public virtual void AddGroup() => _seen.Add(Query.Memory.RentWords(Grid.Words));

    /// <summary>Folds a series into its group.</summary>
    public abstract void Fold(int group, StepSeries row);

    /// <summary>Writes the result of a group into a row that has been begun.</summary>
    public abstract void Emit(int group, StepSeries row);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ulong[] words in _seen)
        {
            Query.Memory.Return(words);
        }

        _seen.Clear();

        foreach (double[] column in _columns)
        {
            Query.Memory.Return(column);
        }

        _columns.Clear();
        Query.Memory.Release(_charged);
        _charged = 0;
    }

    /// <summary>Steps at which a group has a result so far.</summary>
    protected Span<ulong> Seen(int group) => _seen[group].AsSpan(0, Grid.Words);

    /// <summary>A column of a value per step that lives as long as the fold; of unknown content.</summary>
    protected double[] NewColumn()
    {
        double[] column = Query.Memory.RentDoubles(Grid.Count);
        _columns.Add(column);
        return column;
    }

    /// <summary>Counts bytes that are not in a column and live as long as the fold.</summary>
    protected void Charge(long bytes)
    {
        Query.Memory.Charge(bytes);
        _charged += bytes;
    }

    /// <summary>Leaves the floats of a series and tells of histograms passed over.</summary>
    protected void FloatsOnly(StepSeries row, string aggregation)
    {
        if (row.HasHistograms)
        {
            Query.Annotations.Info(AnnotationText.IgnoredInAggregation(aggregation), Position);
            row.KeepOnly(histograms: false);
        }
    }
}

/// <summary>An aggregation whose groups are folded as series arrive.</summary>
internal sealed class FoldOperator(QueryContext query, SeriesOperator input, Grouping grouping, GroupFold fold) : SeriesOperator(query, input.Grid)
{
    private readonly List<bool> _dropName = [];
    private bool _folded;
    private int _next;
    private long _held;

    /// <inheritdoc/>
    public override SeriesTraits Traits => grouping.IsNameless ? SeriesTraits.Distinct | SeriesTraits.OneName : SeriesTraits.Distinct;

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (!_folded)
        {
            _folded = true;
            using var row = new StepSeries(Query.Memory, Grid.Count);
            while (await input.LoadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (input.TryNext(row))
                {
                    Query.ThrowIfCancelled();
                    int group = grouping.GroupOf(row.Labels);
                    if (group == _dropName.Count)
                    {
                        _dropName.Add(false);
                        fold.AddGroup();
                        _held += Query.Hold(Grid.Count);
                    }

                    _dropName[group] |= row.DropName;
                    fold.Fold(group, row);
                }
            }
        }

        return _next < grouping.Count;
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        while (_folded && _next < grouping.Count)
        {
            int group = _next++;
            row.Begin(grouping.Labels(group), _dropName[group]);
            fold.Emit(group, row);
            if (!Presence.IsEmpty(row.Present))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync()
    {
        Query.LetGo(_held);
        _held = 0;
        grouping.Dispose();
        fold.Dispose();
        return input.DisposeAsync();
    }
}
