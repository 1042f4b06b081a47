namespace RemoteStore.Testing.PromQL;

/// <summary>Draws instant vectors and scalars.</summary>
internal sealed class VectorGenerator(QuerySource source)
{
    private readonly QuerySource _source = source;

    /// <summary>Any instant vector.</summary>
    public GeneratedVector Next(int depth) => depth <= 0 ? Selector() : _source.Below(25) switch
    {
        0 or 1 => Selector(),
        2 or 3 => Map(Next(depth - 1), v => $"{_source.Pick(_source.Language.Smooth)}({v})"),
        4 or 5 => OverTime(depth - 1),
        6 => Extrapolated(depth - 1),
        7 or 8 => Aggregation(Next(depth - 1)),
        9 => WithParameter(depth - 1),
        10 => WithNumber(Next(depth - 1)),
        11 or 12 => new MatchingGenerator(_source, this).Arithmetic(depth - 1),
        13 => new MatchingGenerator(_source, this).Described(depth - 1),
        14 => new MatchingGenerator(_source, this).Set(depth - 1),
        15 or 16 => Quantile(depth - 1),
        17 => Relabelled(depth - 1),
        18 => Limited(Next(depth - 1)),
        19 => OfTime(depth - 1),
        20 => Absent(depth - 1),
        21 => new GeneratedVector($"vector({Scalar(depth - 1)})", []),
        23 => Map(Next(depth - 1), static v => $"(-{v})"),
        22 => Map(Exact(depth - 1), v => $"{_source.Pick(_source.Language.Periodic)}({v})"),
        _ => Exact(depth),
    };

    /// <summary>An instant vector without rounding errors.</summary>
    public GeneratedVector Exact(int depth) => depth <= 0 ? Selector() : _source.Below(10) switch
    {
        0 or 1 => Selector(),
        2 => Map(Exact(depth - 1), v => $"{_source.Pick(_source.Language.Jumping)}({v})"),
        3 => Fold(Exact(depth - 1), _source.Pick(["count", "group", "max", "min"])),
        4 => ExactOverTime(depth - 1),
        5 => Map(Exact(depth - 1), v => $"({v} {Comparison()} {_source.OddNumber()})"),
        6 => new MatchingGenerator(_source, this).Comparison(depth - 1),
        7 => Selection(),
        8 => Map(Exact(depth - 1), static v => $"timestamp({v})"),
        _ => CountedValues(),
    };

    /// <summary>A scalar.</summary>
    public string Scalar(int depth) => _source.Below(depth <= 0 ? 4 : 7) switch
    {
        0 => "time()",
        1 => "pi()",
        2 or 3 => _source.Number(),
        4 => $"scalar({Fold(Next(depth - 1), _source.Pick(_source.Language.Aggregations), all: true).Text})",
        5 => $"({Scalar(depth - 1)} {_source.Pick(["+", "-", "*", "/", "^", "atan2"])} {Scalar(depth - 1)})",
        _ => $"({Scalar(depth - 1)} {Comparison()} bool {_source.OddNumber()})",
    };

    /// <summary>A subquery over an expression.</summary>
    public string Subquery(string inner) => inner + _source.SubqueryRange();

    /// <summary>Folds a vector over some of its labels, or all.</summary>
    public GeneratedVector Fold(GeneratedVector inner, string aggregation, bool all = false)
    {
        (string clause, IReadOnlyList<string> labels) = all ? ("", []) : Grouping(inner.Labels);
        return new GeneratedVector($"{aggregation}{clause} ({inner.Text})", labels);
    }

    public string Comparison() => _source.Pick(["==", "!=", "<", ">", "<=", ">="]);

    private static GeneratedVector Map(GeneratedVector inner, Func<string, string> text) =>
        new(text(inner.Text), inner.Labels);

    private GeneratedVector Selector()
    {
        QueryMetric metric = _source.Metric();
        return new GeneratedVector(_source.Selector(metric), [.. metric.Labels.Keys]);
    }

    private GeneratedVector Aggregation(GeneratedVector inner) => Fold(inner, _source.Pick(_source.Language.Aggregations));

    private (string Clause, IReadOnlyList<string> Labels) Grouping(IReadOnlyList<string> labels)
    {
        List<string> some = _source.Some(labels);
        return _source.Below(4) switch
        {
            0 => ("", []),
            1 => ($" without ({string.Join(", ", some)})", [.. labels.Where(l => !some.Contains(l))]),
            _ => ($" by ({string.Join(", ", some)})", some),
        };
    }

    /// <summary>A range vector: a selector, or a subquery over what <paramref name="inner"/> draws.</summary>
    private (string Text, IReadOnlyList<string> Labels) Range(int depth, Func<int, GeneratedVector> inner)
    {
        if (depth > 0 && _source.Below(3) == 0)
        {
            GeneratedVector vector = inner(depth - 1);
            return (Subquery(vector.Text), vector.Labels);
        }

        QueryMetric metric = _source.Metric();
        return (_source.RangeSelector(metric), [.. metric.Labels.Keys]);
    }

    private GeneratedVector OverTime(int depth)
    {
        (string range, IReadOnlyList<string> labels) = Range(depth, Next);
        return new GeneratedVector(
            _source.Below(8) switch
            {
                0 => $"quantile_over_time({_source.Fraction()}, {range})",
                1 => $"predict_linear({range}, {_source.Pick(["60", "-600", "3600"])})",
                2 => $"{_source.Language.Smoothing}({range}, {_source.Fraction()}, {_source.Fraction()})",
                _ => $"{_source.Pick(_source.Language.OverTime)}({range})",
            },
            labels);
    }

    private GeneratedVector ExactOverTime(int depth)
    {
        (string range, IReadOnlyList<string> labels) = Range(depth, Exact);
        string function = _source.Pick([.. _source.Language.Events, "count_over_time", "last_over_time", "max_over_time", "min_over_time"]);
        return new GeneratedVector($"{function}({range})", labels);
    }

    /// <summary>A rate of a counter, or of a sum of counters that have samples everywhere.</summary>
    private GeneratedVector Extrapolated(int depth)
    {
        string function = _source.Pick(_source.Language.Extrapolating);
        if (depth > 0 && _source.Below(3) == 0)
        {
            QueryMetric steady = _source.Metric(QueryMetricKind.SteadyCounter);
            var selected = new GeneratedVector(_source.Selector(steady), [.. steady.Labels.Keys]);
            GeneratedVector inner = _source.Below(2) == 0 ? selected : Fold(selected, _source.Pick(["sum", "max", "avg"]));
            return Map(inner, v => $"{function}({Subquery(v)})");
        }

        QueryMetric metric = _source.Metric(QueryMetricKind.Counter, QueryMetricKind.SteadyCounter, QueryMetricKind.Bucket);
        return new GeneratedVector($"{function}({_source.RangeSelector(metric)})", [.. metric.Labels.Keys]);
    }

    private GeneratedVector WithParameter(int depth)
    {
        GeneratedVector inner = Next(depth);
        (string clause, IReadOnlyList<string> labels) = Grouping(inner.Labels);
        return new GeneratedVector($"quantile{clause} ({_source.Fraction()}, {inner.Text})", labels);
    }

    /// <summary>
    /// Which of several series with equal values are chosen depends on the heap that an implementation keeps, unless it holds one series or all; and which of several
    /// NaN.
    /// </summary>
    private GeneratedVector Selection()
    {
        bool distinct = _source.Below(2) == 0;
        QueryMetric metric = distinct
            ? _source.Metric(QueryMetricKind.Counter)
            : _source.Metric(QueryMetricKind.Gauge, QueryMetricKind.Counter, QueryMetricKind.SteadyCounter, QueryMetricKind.Bucket);
        string k = distinct ? _source.Pick(["2", "3", "4"]) : _source.Pick(["0", "1", "100"]);
        (string clause, _) = Grouping([.. metric.Labels.Keys]);
        return new GeneratedVector($"{_source.Pick(_source.Language.Selections)}{clause} ({k}, {_source.Selector(metric)})", [.. metric.Labels.Keys]);
    }

    private GeneratedVector CountedValues()
    {
        GeneratedVector inner = Selector();
        (string clause, IReadOnlyList<string> labels) = Grouping(inner.Labels);
        return new GeneratedVector($"count_values{clause} (\"value\", {inner.Text})", [.. labels, "value"]);
    }

    /// <summary>A vector and a number, on either side.</summary>
    private GeneratedVector WithNumber(GeneratedVector inner)
    {
        bool left = _source.Below(2) == 0;
        if (_source.Below(3) == 0)
        {
            string comparison = Comparison() + (_source.Below(2) == 0 ? " bool" : "");
            string odd = _source.OddNumber();
            return Map(inner, v => left ? $"({odd} {comparison} {v})" : $"({v} {comparison} {odd})");
        }

        string op = _source.Pick(["+", "-", "*", "/", "^", "atan2"]);
        string number = _source.Number();
        return Map(inner, v => left ? $"({number} {op} {v})" : $"({v} {op} {number})");
    }

    private GeneratedVector Quantile(int depth)
    {
        if (!_source.Has(QueryMetricKind.Bucket))
        {
            return OverTime(depth);
        }

        QueryMetric metric = _source.Metric(QueryMetricKind.Bucket);
        var buckets = new GeneratedVector(
            _source.Below(3) == 0 ? _source.Selector(metric) : $"{_source.Pick(_source.Language.Extrapolating)}({_source.RangeSelector(metric)})",
            [.. metric.Labels.Keys]);
        IReadOnlyList<string> others = [.. metric.Labels.Keys.Where(static l => l != "le")];
        List<string> kept = _source.Some(others);
        return _source.Below(2) == 0
            ? new GeneratedVector($"histogram_quantile({_source.Fraction()}, {buckets.Text})", others)
            : new GeneratedVector($"histogram_quantile({_source.Fraction()}, sum by ({string.Join(", ", [.. kept, "le"])}) ({buckets.Text}))", kept);
    }

    private GeneratedVector Relabelled(int depth)
    {
        GeneratedVector inner = Next(depth);
        if (inner.Labels.Count == 0)
        {
            return Map(inner, static v => $"label_replace({v}, \"made\", \"x\", \"\", \"\")");
        }

        string from = _source.Pick(inner.Labels);
        return _source.Below(3) switch
        {
            0 => Map(inner, v => $"label_replace({v}, \"made\", \"$1-x\", \"{from}\", \"(.).*\")"),
            1 => Map(inner, v => $"label_replace({v}, \"{from}\", \"a${{1}}\", \"{from}\", \"(.*)\")"),
            _ => Map(inner, v => $"label_join({v}, \"made\", \"/\", \"{from}\", \"{_source.Pick(inner.Labels)}\")"),
        };
    }

    private GeneratedVector Limited(GeneratedVector inner) => _source.Below(4) switch
    {
        0 => Map(inner, v => $"clamp({v}, {_source.Number()}, {_source.Number()})"),
        1 => Map(inner, v => $"clamp_min({v}, {_source.Number()})"),
        2 => Map(inner, v => $"clamp_max({v}, {_source.Number()})"),
        _ => Map(Exact(1), v => $"round({v}, {_source.Pick(["0.5", "10", "2", "0.25"])})"),
    };

    private GeneratedVector OfTime(int depth)
    {
        string function = _source.Pick(_source.Language.OfTime);
        return _source.Below(4) switch
        {
            0 => new GeneratedVector($"{function}()", []),
            1 => new GeneratedVector($"{function}(vector(time() * {_source.Pick(["1", "0.5", "1.25"])}))", []),
            _ => Map(Exact(depth), v => $"{function}(timestamp({v}))"),
        };
    }

    private GeneratedVector Absent(int depth)
    {
        QueryMetric metric = _source.Metric();
        return new GeneratedVector(
            _source.Below(4) switch
            {
                0 => $"absent({_source.Selector(metric)})",
                1 => $"absent_over_time({_source.RangeSelector(metric)})",
                2 => $"absent({metric.Name}{{job=\"nowhere\"}})",
                _ => $"absent({Exact(depth).Text})",
            },
            []);
    }
}
