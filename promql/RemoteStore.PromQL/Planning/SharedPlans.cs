using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Operators;
using RemoteStore.PromQL.Operators.Sharing;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Planning;

/// <summary>Plans parts that stand in a query more than once so that they are computed once.</summary>
internal sealed class SharedPlans(PlanScope scope, Planner planner)
{
    private readonly Dictionary<SharedExpression, SharedRows> _rows = [];
    private readonly Dictionary<SharedExpression, SharedRanges> _ranges = [];
    private readonly Lock _planning = new(); // parts that are planned again, while the query runs
    private bool _isAlone;

    /// <summary>Plans a vector; one that is shared joins those that were planned before.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="grid">Its steps.</param>
    /// <param name="consumer">Who takes the series, for storage; of a shared part it is not known.</param>
    public SeriesOperator Plan(Expr expression, StepGrid grid, string consumer)
    {
        if (Find(expression) is not { } part)
        {
            return planner.Alone(expression, grid, consumer);
        }

        bool isNew = !_rows.TryGetValue(part, out SharedRows? rows);
        if (isNew)
        {
            rows = new SharedRows(scope.Query, grid);
            _rows.Add(part, rows);
        }
        else if (rows!.Grid != grid)
        {
            return planner.Alone(expression, grid, consumer);
        }

        var use = new SharedOperator(scope.Query, rows, scope.Meter);
        Note(part, isNew);
        if (isNew)
        {
            (SampleMeter meter, int statistics, int whole) = (scope.Meter, scope.StatisticsDepth, scope.WholeDepth);
            scope.Meter = rows.Meter(meter);
            rows.Compute(planner.Alone(part.First, grid, consumer: ""), () => Again(part.First, grid, statistics, whole));
            scope.Meter = meter;
        }

        return use;
    }

    /// <summary>Plans a range selector; one that is shared joins those that were planned before.</summary>
    /// <param name="matrix">The selector.</param>
    /// <param name="grid">Its steps.</param>
    /// <param name="selection">Which series it selects.</param>
    /// <param name="window">Where in time it looks.</param>
    public RangeSource Range(MatrixSelector matrix, StepGrid grid, SeriesSelection selection, SelectorWindow window)
    {
        if (Find(matrix) is not { } part)
        {
            return new StorageRangeSource(scope.Query, grid, selection, window);
        }

        bool isNew = !_ranges.TryGetValue(part, out SharedRanges? ranges);
        if (isNew)
        {
            ranges = new SharedRanges(scope.Query, grid);
            _ranges.Add(part, ranges);
        }
        else if (ranges!.Grid != grid)
        {
            return new StorageRangeSource(scope.Query, grid, selection, window);
        }

        var use = new SharedRangeSource(ranges);
        Note(part, isNew);
        if (isNew)
        {
            SeriesSelection forAny = selection with { Function = "" };
            ranges.Compute(
                new StorageRangeSource(scope.Query, grid, forAny, window),
                () => new StorageRangeSource(scope.Query, grid, forAny with { Trace = null }, window));
        }

        return use;
    }

    private SharedExpression? Find(Expr expression) => _isAlone ? null : scope.Shared.Find(expression);

    private void Note(SharedExpression part, bool isNew)
    {
        if (scope.Trace?.Current is { } node)
        {
            string note = isNew ? $"computed once for {part.Occurrences} places" : "computed at another place";
            node.Note = node.Note.Length == 0 ? note : $"{node.Note}, {note}";
        }
    }

    /// <summary>Plans a shared part for one place alone. Its samples have been counted for all places.</summary>
    private SeriesOperator Again(Expr expression, StepGrid grid, int statistics, int whole)
    {
        lock (_planning)
        {
            _isAlone = true;
            (scope.Meter, scope.StatisticsDepth, scope.WholeDepth) = (SampleMeter.None, statistics, whole);
            return planner.Alone(expression, grid, consumer: "");
        }
    }
}
