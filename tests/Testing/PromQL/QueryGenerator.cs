using System.Globalization;

namespace RemoteStore.Testing.PromQL;

/// <summary>
/// Makes up nested queries that have an answer: it knows which labels the series of each part have, so that sides of operators match. Operators whose
/// result jumps (comparisons of two vectors, rounding, counting of values) get operands that have no rounding errors. The same seed gives the same
/// queries.
/// </summary>
public sealed class QueryGenerator
{
    private readonly QuerySource _source;
    private readonly VectorGenerator _vectors;

    /// <summary>Creates a generator.</summary>
    /// <param name="seed">Decides all queries.</param>
    /// <param name="metrics">What may be asked for: some of each kind but <see cref="QueryMetricKind.Info"/>.</param>
    /// <param name="times">Durations and times.</param>
    /// <param name="language">Functions and operators.</param>
    public QueryGenerator(int seed, IReadOnlyList<QueryMetric> metrics, QueryTimes times, QueryLanguage language)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(times);
        ArgumentNullException.ThrowIfNull(language);
        _source = new QuerySource(new Random(seed), metrics, times, language);
        _vectors = new VectorGenerator(_source);
    }

    /// <summary>The next query, an instant vector or a scalar.</summary>
    /// <param name="depth">How many operators may stand inside each other.</param>
    public string Next(int depth) => _source.Below(20) switch
    {
        0 => _vectors.Scalar(depth),
        1 => $"sort({_vectors.Next(depth - 1).Text})",
        2 => $"sort_desc({_vectors.Next(depth - 1).Text})",
        _ => _vectors.Next(depth).Text,
    };

    /// <summary>A range vector, which only instant queries answer.</summary>
    public string NextRange(int depth) => _source.Below(2) == 0 ? _source.RangeSelector(_source.Metric()) : _vectors.Subquery(_vectors.Next(depth).Text);

    internal static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture).Replace("E+", "e", StringComparison.Ordinal);
}
