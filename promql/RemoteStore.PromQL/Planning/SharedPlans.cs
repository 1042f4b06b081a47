using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Operators;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Planning;

/// <summary>Plans parts that stand in a query more than once so that they are computed once.</summary>
internal sealed class SharedPlans(PlanScope scope, Planner planner)
{
    private readonly Dictionary<SharedExpression, SharedRows> _rows = [];
    private readonly Lock _planning = new(); // parts that are planned again, while the query runs
    private bool _isAlone;

    /// <summary>Plans a vector; one that is shared joins those that were planned before.</summary>
    public SeriesOperator Plan(Expr expression, StepGrid grid, string consumer)
    {
        if (_isAlone || scope.Shared.Find(expression) is not { } part)
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

        var occurrence = new SharedOperator(scope.Query, rows, scope.Meter);
        if (scope.Trace?.Current is { } node)
        {
            string note = isNew ? $"computed once for {part.Occurrences} places" : "computed at another place";
            node.Note = node.Note.Length == 0 ? note : $"{node.Note}, {note}";
        }

        if (isNew)
        {
            (SampleMeter meter, int statistics, int whole) = (scope.Meter, scope.StatisticsDepth, scope.WholeDepth);
            scope.Meter = rows.Meter(meter);
            rows.Compute(planner.Alone(part.First, grid, consumer), () => Again(part.First, grid, consumer, statistics, whole));
            scope.Meter = meter;
        }

        return occurrence;
    }

    /// <summary>Plans a shared part for one place alone. Its samples have been counted for all places.</summary>
    private SeriesOperator Again(Expr expression, StepGrid grid, string consumer, int statistics, int whole)
    {
        lock (_planning)
        {
            _isAlone = true;
            (scope.Meter, scope.StatisticsDepth, scope.WholeDepth) = (SampleMeter.None, statistics, whole);
            return planner.Alone(expression, grid, consumer);
        }
    }
}
