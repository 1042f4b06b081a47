using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary>
/// Drops names at once, for engines without delayed name removal. Series that become equal are joined, or, for functions of ranges, refused. Nothing is held
/// back: where all series have one name they stay apart without it, so that nothing need be remembered; else labels and steps are (<see cref="RepeatGuard"/>).
/// </summary>
internal sealed class DropNameOperator(QueryContext query, SeriesOperator input, bool merge) : SeriesOperator(query, input.Grid)
{
    private const SeriesTraits OneEach = SeriesTraits.Distinct | SeriesTraits.OneName;

    private readonly LabelEditor _editor = new();
    private readonly bool _stayApart = query.AssumesOneType && (input.Traits & OneEach) == OneEach;
    private RepeatGuard? _guard;
    private Dropped? _dropped;

    /// <inheritdoc/>
    public override SeriesTraits Traits => _stayApart || !merge ? OneEach : RepeatGuard.TraitsOver(Grid);

    /// <inheritdoc/>
    public override ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (!_stayApart)
        {
            _guard ??= new RepeatGuard(Query, Grid);
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

        if (_stayApart)
        {
            CheckApart(row);
        }

        if (row.DropName)
        {
            row.SetLabels(_editor.Without(row.Labels, LabelNameList.Metadata));
            row.DropName = false;
        }

        if (!_stayApart && merge)
        {
            _guard!.Pass(row);
        }
        else if (!_stayApart)
        {
            _guard!.PassOnce(row.Labels);
        }

        return true;
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync()
    {
        _guard?.Dispose();
        return input.DisposeAsync();
    }

    /// <summary>Series of one name could still become equal when they differ in type or unit, or when only some lose their name.</summary>
    private void CheckApart(StepSeries row)
    {
        ReadOnlySpan<byte> type = LabelSet.GetValue(row.Labels, "__type__"u8);
        ReadOnlySpan<byte> unit = LabelSet.GetValue(row.Labels, "__unit__"u8);
        if (_dropped is null)
        {
            _dropped = new Dropped(row.DropName, type.ToArray(), unit.ToArray());
        }
        else if (row.DropName != _dropped.IsDropped || !type.SequenceEqual(_dropped.Type) || !unit.SequenceEqual(_dropped.Unit))
        {
            throw new AssumptionFailedException();
        }
    }

    /// <summary>What the first series lost besides its name.</summary>
    private sealed record Dropped(bool IsDropped, byte[] Type, byte[] Unit);
}
