using System.Runtime.CompilerServices;
using RemoteStore.PromQL.Aggregations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Operators;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Tracing;
using RemoteStore.PromQL.Windowed;

namespace RemoteStore.PromQL.Planning;

/// <summary>Turns a syntax tree into operators.</summary>
internal sealed class Planner
{
    private readonly PlanScope _scope;
    private readonly FunctionPlanner _functions;
    private readonly SharedPlans _shared;

    public Planner(PlanScope scope)
    {
        _scope = scope;
        _functions = new FunctionPlanner(scope, this);
        _shared = new SharedPlans(scope, this);
    }

    private QueryContext Query => _scope.Query;

    /// <summary>The expression inside parentheses.</summary>
    public static Expr Unwrap(Expr expression)
    {
        while (expression is ParenExpr paren)
        {
            expression = paren.Inner;
        }

        return expression;
    }

    /// <summary>Plans an expression that yields an instant vector; a scalar becomes a series without labels.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="grid">Its steps.</param>
    /// <param name="consumer">Function or aggregation that takes the series, for storage.</param>
    public SeriesOperator Vector(Expr expression, StepGrid grid, string consumer = "")
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        expression = Unwrap(expression);
        if (expression.Type == ExprType.Scalar)
        {
            return new VectorOfScalar(Query, Scalar(expression, grid));
        }

        if (grid.Count > 1 && _scope.Invariance.Holds(expression))
        {
            SampleMeter around = _scope.Meter;
            _scope.Meter = around.Once(grid.Count);
            SeriesOperator once = Planned(expression, grid with { Count = 1 }, consumer, "computed once for all steps");
            _scope.Meter = around;
            return new StepInvariantOperator(Query, grid, once);
        }

        return Planned(expression, grid, consumer, note: "");
    }

    /// <summary>Plans an instant vector, recording what it does when there is a trace.</summary>
    private SeriesOperator Planned(Expr expression, StepGrid grid, string consumer, string note)
    {
        if (_scope.Trace is null)
        {
            return _shared.Plan(expression, grid, consumer);
        }

        TraceNode node = _scope.Trace.Begin(expression);
        node.Note = note;
        SeriesOperator planned = _shared.Plan(expression, grid, consumer);
        _scope.Trace.End();
        return new TracedOperator(Query, planned, node);
    }

    /// <summary>Plans an instant vector that is neither a scalar nor shared.</summary>
    public SeriesOperator Alone(Expr expression, StepGrid grid, string consumer) => expression switch
    {
        VectorSelector selector => Selector(selector, grid, consumer, SelectorOutput.Value),
        AggregateExpr aggregate => Aggregate(aggregate, grid),
        BinaryExpr binary => Binary(binary, grid),
        UnaryExpr unary => Unary(unary, grid),
        CallExpr call => _functions.Vector(call, grid),
        _ => throw new InvalidOperationException($"{expression.GetType().Name} is no instant vector"),
    };

    /// <summary>Plans an expression that yields a scalar.</summary>
    public ScalarOperator Scalar(Expr expression, StepGrid grid)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        expression = Unwrap(expression);
        if (expression is NumberLiteral number)
        {
            return new ConstantScalar(grid, number.Value);
        }

        if (grid.Count > 1 && _scope.Invariance.Holds(expression))
        {
            SampleMeter around = _scope.Meter;
            _scope.Meter = around.Once(grid.Count);
            ScalarOperator once = Scalar(expression, grid with { Count = 1 });
            _scope.Meter = around;
            return new StepInvariantScalar(grid, once);
        }

        return expression switch
        {
            UnaryExpr unary => unary.IsMinus ? new NegativeScalar(Scalar(unary.Operand, grid)) : Scalar(unary.Operand, grid),
            BinaryExpr binary => new BinaryScalar(Query, Scalar(binary.Left, grid), Scalar(binary.Right, grid), binary.Op),
            CallExpr call => _functions.Scalar(call, grid),
            _ => throw new InvalidOperationException($"{expression.GetType().Name} is no scalar"),
        };
    }

    /// <summary>Plans an expression that yields a range vector.</summary>
    /// <remarks>What a subquery looks at inside does not count: whoever takes its values counts those.</remarks>
    public RangeSource Range(Expr expression, StepGrid grid, string consumer, out SelectorWindow window, out bool anchored, out bool smoothed)
    {
        expression = Unwrap(expression);
        anchored = false;
        smoothed = false;
        if (expression is MatrixSelector matrix)
        {
            VectorSelector selector = matrix.Selector;
            anchored = selector.Anchored;
            smoothed = selector.Smoothed;
            long rangeMs = _scope.Durations.Milliseconds(matrix.RangeMs, matrix.RangeExpr, mayBeNegative: false);
            window = _scope.Window(selector.Modifiers, rangeMs, grid, anchored, smoothed);
            TraceNode? node = _scope.Trace?.Begin(matrix);
            SeriesSelection selection = _scope.Selection(selector, grid, consumer) with
            {
                IsRange = true,
                AcceptsWindows = consumer.Length > 0, // else the samples themselves are the answer
                Place = _scope.Place(matrix),
            };
            return Traced(_shared.Range(matrix, grid, selection, window), node);
        }

        var subquery = (SubqueryExpr)expression;
        window = SubqueryWindow(subquery, grid);
        TraceNode? around = _scope.Trace?.Begin(subquery);
        return Traced(new SubqueryRangeSource(Query, Subquery(subquery, window, grid, isWholeQuery: consumer.Length == 0)), around);
    }

    private RangeSource Traced(RangeSource source, TraceNode? node)
    {
        if (node is null)
        {
            return source;
        }

        _scope.Trace!.End();
        return new TracedRangeSource(Query.Memory, source, node);
    }

    /// <summary>The operand of a subquery, over the steps that the ranges of all outer steps need.</summary>
    private SeriesOperator Subquery(SubqueryExpr subquery, SelectorWindow window, StepGrid grid, bool isWholeQuery)
    {
        SampleMeter around = _scope.Meter;
        _scope.Meter = isWholeQuery ? around.AtFirst() : SampleMeter.None;
        _scope.WholeDepth++;
        SeriesOperator operand = Vector(subquery.Operand, SubqueryGrid(subquery, window, grid));
        _scope.WholeDepth--;
        _scope.Meter = around;
        return WholeSeriesOperator.Of(Query, operand);
    }

    /// <summary>Where in time a subquery looks.</summary>
    private SelectorWindow SubqueryWindow(SubqueryExpr subquery, StepGrid grid) => new(
        _scope.Durations.Milliseconds(subquery.RangeMs, subquery.RangeExpr, mayBeNegative: false),
        _scope.Durations.Milliseconds(subquery.Modifiers.OffsetMs, subquery.Modifiers.OffsetExpr, mayBeNegative: true),
        _scope.At(subquery.Modifiers.At));

    /// <summary>Plans a selector.</summary>
    public SeriesOperator Selector(VectorSelector selector, StepGrid grid, string consumer, SelectorOutput output)
    {
        SeriesSelection selection = _scope.Selection(selector, grid, consumer);
        if (!selector.Smoothed)
        {
            SelectorWindow window = _scope.Window(selector.Modifiers, Query.LookbackMs, grid, anchored: false, smoothed: false);
            return new InstantSelector(Query, grid, selection, window, output);
        }

        SelectorWindow smoothed = _scope.Window(selector.Modifiers, 0, grid, anchored: false, smoothed: true);
        int position = selector.Position.Start;
        var function = new RangeFunction(
            annotations => new SmoothedInstant(new RangeCall(annotations, position, 0, Anchored: false, Smoothed: true)), KeepsName: true, CounterPosition: null, selection.Meter)
        {
            Windowed = new WindowedFunction(selection.Place, Create: null, CreateCut: null, ReadsFirst: true, SeesResets: false, Counts: false),
        };
        return new RangeSelector(Query, grid, selection, smoothed, function);
    }

    /// <summary>Drops names now, when the engine does not do so at the end.</summary>
    public SeriesOperator DropNames(SeriesOperator input, bool merge) =>
        Query.Options.DelayedNameRemoval ? input : new DropNameOperator(Query, input, merge);

    /// <summary>Steps of a subquery: multiples of its step, from the first one inside the earliest range on.</summary>
    private StepGrid SubqueryGrid(SubqueryExpr subquery, SelectorWindow window, StepGrid grid)
    {
        long step = _scope.Durations.Milliseconds(subquery.StepMs, subquery.StepExpr, mayBeNegative: false);
        if (step == 0)
        {
            step = (long)Query.Options.DefaultSubqueryStep.TotalMilliseconds;
        }

        if (grid.Count == 0)
        {
            return new StepGrid(grid.StartMs, step, 0);
        }

        long from = window.Reference(grid, 0) - window.RangeMs;
        long start = step * (from / step);
        start += start <= from ? step : 0;
        return StepGrid.Between(start, window.Reference(grid, grid.Count - 1), step, Query.Options.MaxSteps);
    }

    private SeriesOperator Unary(UnaryExpr unary, StepGrid grid)
    {
        SeriesOperator operand = Vector(unary.Operand, grid);
        return unary.IsMinus ? DropNames(new UnaryMinusOperator(Query, operand), merge: true) : operand;
    }

    private SeriesOperator Binary(BinaryExpr binary, StepGrid grid)
    {
        var element = new ElementOperator(binary.Op, Query.Annotations, binary.Position.Start);
        bool scalarLeft = binary.Left.Type == ExprType.Scalar;
        if (scalarLeft || binary.Right.Type == ExprType.Scalar)
        {
            var arguments = new ScalarArguments(Query, grid, [Scalar(scalarLeft ? binary.Left : binary.Right, grid)]);
            SeriesOperator vector = Vector(scalarLeft ? binary.Right : binary.Left, grid);
            var result = new WithArguments(
                Query, new VectorScalarOperator(Query, vector, element, arguments[0], scalarLeft, binary.ReturnBool), arguments);
            return binary.ReturnBool || FloatArithmetic.ChangesMeaning(binary.Op) ? DropNames(result, merge: true) : result;
        }

        SeriesOperator left = Vector(binary.Left, grid);
        SeriesOperator right = Vector(binary.Right, grid);
        VectorMatching matching = binary.Matching ?? VectorMatching.Default;
        return binary.Op switch
        {
            BinaryOperator.And => new FilterOperator(Query, left, right, matching, keepPresent: true),
            BinaryOperator.Unless => new FilterOperator(Query, left, right, matching, keepPresent: false),
            BinaryOperator.Or => new UnionOperator(Query, left, right, matching),
            _ => new JoinOperator(Query, left, right, element, matching, binary.ReturnBool),
        };
    }

    private SeriesOperator Aggregate(AggregateExpr aggregate, StepGrid grid)
    {
        int position = Unwrap(aggregate.Operand).Position.Start;
        SeriesOperator input = Vector(aggregate.Operand, grid, aggregate.Op.Name());
        if (aggregate.Op == AggregateOperator.CountValues)
        {
            var label = (StringLiteral)Unwrap(aggregate.Parameter!);
            if (!Model.Labels.LabelNames.IsValid(label.Utf8.Span, Model.Labels.NameScheme.Utf8))
            {
                throw QueryException.Execution($"invalid label name {label}");
            }

            return new CountValuesOperator(Query, input, label.Value, aggregate.Grouping, aggregate.Without);
        }

        if (aggregate.Parameter is { } parameter)
        {
            int parameterPosition = Unwrap(parameter).Position.Start;
            var arguments = new ScalarArguments(Query, grid, [Scalar(parameter, grid)]);
            return aggregate.Op == AggregateOperator.Quantile
                ? new QuantileOperator(
                    Query, input, new Grouping(Query, aggregate.Grouping, aggregate.Without), arguments, position, parameterPosition)
                : SelectionOperator.Create(Query, input, aggregate, arguments, parameterPosition);
        }

        var grouping = new Grouping(Query, aggregate.Grouping, aggregate.Without);

        GroupFold fold = aggregate.Op switch
        {
            AggregateOperator.Sum => new SumFold(Query, grid, position, average: false),
            AggregateOperator.Avg => new SumFold(Query, grid, position, average: true),
            AggregateOperator.Count => new CountFold(Query, grid, position, isGroup: false),
            AggregateOperator.Group => new CountFold(Query, grid, position, isGroup: true),
            AggregateOperator.Min => new ExtremeFold(Query, grid, position, max: false),
            AggregateOperator.Max => new ExtremeFold(Query, grid, position, max: true),
            AggregateOperator.StdDev => new VarianceFold(Query, grid, position, deviation: true),
            AggregateOperator.StdVar => new VarianceFold(Query, grid, position, deviation: false),
            _ => throw new InvalidOperationException($"{aggregate.Op} has a parameter"),
        };
        return new FoldOperator(Query, input, grouping, fold);
    }
}
