using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Planning.Optimising;

/// <summary>Where a part of a query is evaluated: at which steps, and for whom. Equal parts at equal places have equal results.</summary>
/// <param name="Steps">Names the steps: 0 for those of the query, else the subquery that made other steps of the steps around it.</param>
/// <param name="IsOnce">True inside of what has one value for all steps.</param>
/// <param name="ForStatistics">True where only count and sum of histograms are looked at.</param>
/// <param name="ForWhole">True where histograms are needed whole.</param>
internal readonly record struct EvaluationPlace(int Steps, bool IsOnce, bool ForStatistics, bool ForWhole)
{
    /// <summary>The outermost place.</summary>
    public static EvaluationPlace Root { get; } = new(0, false, false, false);

    /// <summary>The place of an argument of a function.</summary>
    public EvaluationPlace ArgumentOf(CallExpr call) => call.Function.Name switch
    {
        "histogram_count" or "histogram_sum" or "histogram_avg" => this with { ForStatistics = true },
        "histogram_quantile" or "histogram_fraction" => this with { ForWhole = true },
        _ => this,
    };

    /// <summary>The place of what has one value for all steps.</summary>
    public EvaluationPlace Once() => this with { IsOnce = true };

    /// <summary>The place of the operand of a subquery.</summary>
    /// <param name="subquery">The subquery, at this place.</param>
    /// <param name="numbers">Where its steps get their name.</param>
    public EvaluationPlace Inside(SubqueryExpr subquery, ValueNumbers numbers) =>
        new(1 + numbers.OfShape($"{Steps} {IsOnce} {ValueNumbers.Describe(subquery)}"), IsOnce: false, ForStatistics, ForWhole: true);
}
