using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Operators;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Windowed;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Planning;

/// <summary>Plans function calls.</summary>
internal sealed class FunctionPlanner(PlanScope scope, Planner planner)
{
    private QueryContext Query => scope.Query;

    /// <summary>Plans a call that yields a scalar.</summary>
    public ScalarOperator Scalar(CallExpr call, StepGrid grid) => call.Function.Name switch
    {
        "time" => new TimeScalar(grid),
        "pi" => new ConstantScalar(grid, Math.PI),
        "start" => new ConstantScalar(grid, scope.StartMs / 1000.0),
        "end" => new ConstantScalar(grid, scope.EndMs / 1000.0),
        "range" => new ConstantScalar(grid, (scope.EndMs - scope.StartMs) / 1000.0),
        "step" => new ConstantScalar(grid, scope.StepSeconds),
        "max_of" => new BinaryScalar(Query, Argument(call, 0, grid), Argument(call, 1, grid), Extremes.Larger),
        "min_of" => new BinaryScalar(Query, Argument(call, 0, grid), Argument(call, 1, grid), Extremes.Smaller),
        "scalar" => new ScalarOfVector(Query, planner.Vector(call.Arguments[0], grid, "scalar")),
        _ => throw new InvalidOperationException($"{call.Function.Name} yields no scalar"),
    };

    /// <summary>Plans a call that yields an instant vector.</summary>
    public SeriesOperator Vector(CallExpr call, StepGrid grid)
    {
        string name = call.Function.Name;
        if (call.Arguments.Any(static argument => argument.Type == ExprType.Matrix))
        {
            return OfRange(call, grid);
        }

        if (DateFunctions.Find(name) is { } date)
        {
            SeriesOperator input = call.Arguments.Count > 0
                ? planner.Vector(call.Arguments[0], grid, name)
                : new VectorOfScalar(Query, new TimeScalar(grid));
            return planner.DropNames(new FloatFunctionOperator(Query, input, date), merge: true);
        }

        if (MathFunctions.Find(name) is { } function)
        {
            return planner.DropNames(new FloatFunctionOperator(Query, Input(call, grid), function), merge: true);
        }

        if (HistogramStatisticOperator.Find(name) is { } statistic)
        {
            return planner.DropNames(new HistogramStatisticOperator(Query, Input(call, grid), statistic), merge: true);
        }

        return name switch
        {
            "clamp" or "clamp_min" or "clamp_max" => planner.DropNames(Clamp(call, grid), merge: true),
            "round" => planner.DropNames(Round(call, grid), merge: true),
            "vector" => new VectorOfScalar(Query, Argument(call, 0, grid)),
            "absent" => Absent(call, grid),
            "timestamp" => planner.DropNames(Timestamp(call, grid), merge: true),
            "start_timestamp" => planner.DropNames(StartTimestamp(call, grid), merge: true),
            "sort" or "sort_desc" => new SortOperator(Query, Input(call, grid), null, name == "sort_desc", call.Position.Start),
            "sort_by_label" or "sort_by_label_desc" => new SortOperator(
                Query, Input(call, grid), [.. Texts(call, 1).Select(static text => text.Value)], name == "sort_by_label_desc", call.Position.Start),
            "label_replace" or "label_join" => new LabelFunctionOperator(Query, Input(call, grid), LabelChange(call)),
            "info" => Info(call, grid),
            "histogram_quantile" or "histogram_quantiles" or "histogram_fraction" => planner.DropNames(Buckets(call, grid), merge: true),
            _ => throw new InvalidOperationException($"{name} is not planned"),
        };
    }

    private static IEnumerable<StringLiteral> Texts(CallExpr call, int from) =>
        call.Arguments.Skip(from).Select(static argument => (StringLiteral)Planner.Unwrap(argument));

    private static LabelChange LabelChange(CallExpr call)
    {
        StringLiteral[] texts = [.. Texts(call, 1)];
        return call.Function.Name == "label_replace"
            ? new LabelReplacement(texts[0].Utf8.Span, texts[1].Utf8.Span, texts[2].Utf8.Span, texts[3].Value)
            : new LabelJoin(texts[0].Utf8.Span, texts[1].Utf8.Span, texts.Skip(2).Select(static text => text.Utf8));
    }

    private SeriesOperator Input(CallExpr call, StepGrid grid)
    {
        int statistics = call.Function.Name is "histogram_count" or "histogram_sum" or "histogram_avg" ? 1 : 0;
        scope.StatisticsDepth += statistics;
        SeriesOperator input = planner.Vector(call.Arguments[0], grid, call.Function.Name);
        scope.StatisticsDepth -= statistics;
        return input;
    }

    private ScalarOperator Argument(CallExpr call, int index, StepGrid grid) => planner.Scalar(call.Arguments[index], grid);

    private ScalarArguments Arguments(CallExpr call, StepGrid grid) => new(
        Query, grid, [.. call.Arguments.Where(static a => a.Type == ExprType.Scalar).Select(argument => planner.Scalar(argument, grid))]);

    private SeriesOperator OfRange(CallExpr call, StepGrid grid)
    {
        string name = call.Function.Name;
        Expr range = Planner.Unwrap(call.Arguments.First(static argument => argument.Type == ExprType.Matrix));
        RangeSource source = planner.Range(range, grid, name, out SelectorWindow window, out bool anchored, out bool smoothed);
        CheckExtended(name, anchored, smoothed);
        ScalarArguments arguments = Arguments(call, grid);
        int position = Planner.Unwrap(call.Arguments[0]).Position.Start;
        long rangeMs = window.RangeMs;
        bool isAnchored = anchored;
        bool isSmoothed = smoothed;
        bool keepsName = name is "last_over_time" or "first_over_time";
        int? counterPosition = name is "rate" or "increase" ? position : null;
        var function = new RangeFunction(
            annotations => RangeKernels.Create(name, new RangeCall(annotations, position, rangeMs, isAnchored, isSmoothed), arguments),
            keepsName,
            counterPosition,
            scope.Meter)
        {
            Windowed = new WindowedFunction(
                scope.Place(range),
                isAnchored || isSmoothed
                    ? null
                    : (annotations, notes, raw) => WindowKernels.Create(
                        name, new RangeCall(annotations, position, rangeMs, Anchored: false, Smoothed: false), arguments, notes, raw),
                isAnchored && name is ("rate" or "increase" or "delta")
                    ? annotations => RangeKernels.Create(name, new RangeCall(annotations, position, rangeMs, Anchored: false, Smoothed: true), arguments)
                    : null,
                ReadsFirst: (WindowNeeds.OfRange(name) & WindowColumns.First) != 0,
                SeesResets: name is "rate" or "increase" or "resets",
                Counts: name is "resets" or "changes"),
        };
        SeriesOperator result = new WithArguments(Query, RangeFunctionOperator.Over(Query, grid, source, window, function), arguments);
        if (name == "absent_over_time")
        {
            IReadOnlyList<Model.Labels.LabelMatcher> matchers = range is MatrixSelector matrix ? matrix.Selector.Matchers : [];
            return new AbsentOperator(Query, result, AbsentOperator.LabelsOf(matchers), dropName: true);
        }

        return keepsName ? result : planner.DropNames(result, merge: false);
    }

    private static void CheckExtended(string name, bool anchored, bool smoothed)
    {
        if (anchored && name is not ("changes" or "delta" or "increase" or "rate" or "resets"))
        {
            throw QueryException.Execution($"anchored modifier can only be used with: changes, delta, increase, rate, resets - not with {name}");
        }

        if (smoothed && name is not ("delta" or "increase" or "rate"))
        {
            throw QueryException.Execution($"smoothed modifier can only be used with: delta, increase, rate - not with {name}");
        }
    }

    private WithArguments Clamp(CallExpr call, StepGrid grid)
    {
        ScalarArguments arguments = Arguments(call, grid);
        double[]? min = call.Function.Name == "clamp_max" ? null : arguments[0];
        double[]? max = call.Function.Name switch
        {
            "clamp" => arguments[1],
            "clamp_max" => arguments[0],
            _ => null,
        };
        return new WithArguments(Query, new ClampOperator(Query, Input(call, grid), min, max), arguments);
    }

    private WithArguments Round(CallExpr call, StepGrid grid)
    {
        ScalarArguments arguments = Arguments(call, grid);
        return new WithArguments(Query, new RoundOperator(Query, Input(call, grid), arguments.Count > 0 ? arguments[0] : null), arguments);
    }

    private AbsentOperator Absent(CallExpr call, StepGrid grid)
    {
        byte[] labels = Planner.Unwrap(call.Arguments[0]) is VectorSelector selector ? AbsentOperator.LabelsOf(selector.Matchers) : [];
        return new AbsentOperator(Query, Input(call, grid), labels, dropName: false);
    }

    private SeriesOperator Timestamp(CallExpr call, StepGrid grid) =>
        Planner.Unwrap(call.Arguments[0]) is VectorSelector { Smoothed: false } selector
            ? new MarkNameOperator(Query, planner.Selector(selector, grid, "timestamp", SelectorOutput.Timestamp))
            : new EvaluationTimeOperator(Query, Input(call, grid));

    private SeriesOperator StartTimestamp(CallExpr call, StepGrid grid) =>
        Query.Options.UseStartTimestamps && Planner.Unwrap(call.Arguments[0]) is VectorSelector { Smoothed: false } selector
            ? new MarkNameOperator(Query, planner.Selector(selector, grid, "start_timestamp", SelectorOutput.StartTimestamp))
            : new EmptyOperator(Query, grid);

    private BucketOperator Buckets(CallExpr call, StepGrid grid)
    {
        string name = call.Function.Name;
        int vector = name switch
        {
            "histogram_quantile" => 1,
            "histogram_fraction" => 2,
            _ => 0,
        };
        ScalarArguments arguments = Arguments(call, grid);
        AnnotationSet annotations = Query.Annotations;
        int position = Planner.Unwrap(call.Arguments[vector]).Position.Start;
        string? label = name == "histogram_quantiles" ? ((StringLiteral)Planner.Unwrap(call.Arguments[1])).Value : null;
        BucketCalculation calculation = name == "histogram_fraction"
            ? new FractionCalculation(annotations, position, arguments)
            : new QuantileCalculation(annotations, position, arguments, label);
        List<int> positions = [.. call.Arguments.Where(static a => a.Type == ExprType.Scalar).Select(static a => Planner.Unwrap(a).Position.Start)];
        int whole = name == "histogram_quantiles" ? 0 : 1;
        scope.WholeDepth += whole;
        SeriesOperator input = planner.Vector(call.Arguments[vector], grid, name);
        scope.WholeDepth -= whole;
        return new BucketOperator(Query, input, arguments, calculation, positions);
    }

    private InfoOperator Info(CallExpr call, StepGrid grid)
    {
        (long? at, long offset) = InfoReference(Planner.Unwrap(call.Arguments[0]));
        SelectorModifiers none = new();
        SelectorWindow window = scope.Window(none, Query.LookbackMs, grid, anchored: false, smoothed: false) with { AtMs = at, OffsetMs = offset };
        scope.Need(window, grid);
        IReadOnlyList<Model.Labels.LabelMatcher>? matchers =
            call.Arguments.Count > 1 ? ((VectorSelector)Planner.Unwrap(call.Arguments[1])).Matchers : null;
        return new InfoOperator(Query, Input(call, grid), matchers, window, scope.Meter, scope.Place(call));
    }

    /// <summary>When the first selector inside looks: that is when the info series are looked at.</summary>
    private (long? AtMs, long OffsetMs) InfoReference(Expr expression)
    {
        (long? at, long offset) = (null, 0L);
        var open = new Stack<(Expr Node, long? At, long Offset)>([(expression, null, 0)]);
        while (open.TryPop(out (Expr Node, long? At, long Offset) entry))
        {
            SelectorModifiers? modifiers = entry.Node switch
            {
                VectorSelector selector => selector.Modifiers,
                SubqueryExpr subquery => subquery.Modifiers,
                _ => null,
            };
            if (modifiers is not null)
            {
                long own = scope.Durations.Milliseconds(modifiers.OffsetMs, modifiers.OffsetExpr, mayBeNegative: true);
                long? pinned = scope.At(modifiers.At);
                entry = pinned is not null ? (entry.Node, pinned, own) : (entry.Node, entry.At, entry.Offset + own);
            }

            if (entry.Node is VectorSelector)
            {
                (at, offset) = (entry.At, entry.Offset);
                break;
            }

            foreach (Expr child in entry.Node.Children().Reverse())
            {
                open.Push((child, entry.At, entry.Offset));
            }
        }

        return (at, offset);
    }
}
