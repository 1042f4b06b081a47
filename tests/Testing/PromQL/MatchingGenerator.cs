namespace RemoteStore.Testing.PromQL;

/// <summary>Draws operators between two vectors whose series match one to one or many to one.</summary>
internal sealed class MatchingGenerator(QuerySource source, VectorGenerator vectors)
{
    private static readonly string[] s_target = ["instance", "job"];

    /// <summary>Arithmetic.</summary>
    public GeneratedVector Arithmetic(int depth) =>
        Join(vectors.Next(depth), vectors.Next(depth), source.Pick(["+", "-", "*", "/", "atan2"]));

    /// <summary>A comparison, remainder or power of vectors without rounding errors.</summary>
    public GeneratedVector Comparison(int depth) =>
        Join(vectors.Exact(depth), vectors.Exact(depth), source.Below(5) == 0 ? source.Pick(["%", "^"]) : vectors.Comparison() + (source.Below(2) == 0 ? " bool" : ""));

    /// <summary>A vector with labels of another metric, where there is such a metric and the vector has what it takes.</summary>
    public GeneratedVector Described(int depth)
    {
        GeneratedVector left = vectors.Next(depth);
        if (!source.Has(QueryMetricKind.Info))
        {
            return left;
        }

        if (!s_target.All(left.Labels.Contains))
        {
            QueryMetric counter = source.Metric(QueryMetricKind.SteadyCounter);
            left = new GeneratedVector($"sum by ({string.Join(", ", s_target)}) ({source.Selector(counter)})", s_target);
        }

        QueryMetric info = source.Metric(QueryMetricKind.Info);
        string added = string.Join(", ", info.Labels.Keys.Except(s_target));
        return new GeneratedVector($"({left.Text} * on ({string.Join(", ", s_target)}) group_left ({added}) {info.Name})", left.Labels);
    }

    /// <summary>A set operation.</summary>
    public GeneratedVector Set(int depth)
    {
        GeneratedVector left = vectors.Next(depth);
        GeneratedVector right = vectors.Next(depth);
        IReadOnlyList<string> common = [.. left.Labels.Intersect(right.Labels)];
        string op = source.Pick(["and", "or", "unless"]);
        string matching = source.Below(3) switch
        {
            0 => $" on ({string.Join(", ", common)})",
            1 => $" ignoring ({string.Join(", ", left.Labels.Except(common).Union(right.Labels.Except(common)))})",
            _ => "",
        };
        return new GeneratedVector($"({left.Text} {op}{matching} {right.Text})", op == "or" ? [.. left.Labels.Union(right.Labels)] : left.Labels);
    }

    private GeneratedVector Join(GeneratedVector left, GeneratedVector right, string op)
    {
        IReadOnlyList<string> common = [.. left.Labels.Intersect(right.Labels)];
        bool leftIsOne = common.Count == left.Labels.Count;
        bool rightIsOne = common.Count == right.Labels.Count;
        if (!leftIsOne && !rightIsOne)
        {
            right = new GeneratedVector($"max by ({string.Join(", ", common)}) ({right.Text})", common);
            rightIsOne = true;
        }

        string on = Matching(left.Labels, right.Labels, common);
        if (leftIsOne && rightIsOne)
        {
            return new GeneratedVector($"({left.Text} {op}{on} {right.Text})", common);
        }

        (string group, GeneratedVector many) = rightIsOne ? (" group_left ()", left) : (" group_right ()", right);
        return new GeneratedVector($"({left.Text} {op}{on}{group} {right.Text})", many.Labels);
    }

    private string Matching(IReadOnlyList<string> left, IReadOnlyList<string> right, IReadOnlyList<string> common)
    {
        string[] others = [.. left.Union(right).Except(common)];
        return source.Below(2) == 0
            ? $" on ({string.Join(", ", common)})"
            : $" ignoring ({string.Join(", ", others)})";
    }
}
