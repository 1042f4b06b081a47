using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Evaluation;

/// <summary>A recording rule that is evaluated again and again.</summary>
public sealed class RecordingRuleState : RuleState
{
    private const string SameLabels = "vector contains metrics with the same labelset after applying rule labels";

    private readonly LabelOverrides _labels;

    /// <summary>Creates the state before the first evaluation.</summary>
    public RecordingRuleState(RecordingRule rule)
        : base(rule) => _labels = new LabelOverrides([.. rule.Labels, new(LabelSet.MetricName, rule.Name)]);

    /// <summary>What the rule gives over past time, with its name and labels. Changes nothing.</summary>
    /// <param name="queries">Answers its query.</param>
    /// <param name="tenant">Whose data.</param>
    /// <param name="times">First and last evaluation, milliseconds since the Unix epoch.</param>
    /// <param name="stepMs">Distance of evaluations.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    /// <exception cref="QueryException">There is no answer, or its series are the same with the labels of the rule.</exception>
    public async ValueTask<IReadOnlyList<ResultSeries>> EvaluateRangeAsync(
        IQueryService queries, TenantId tenant, QueryRange times, long stepMs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queries);
        var request = new QueryRequest(Rule.Expression, times.MinTime, times.MaxTime, stepMs);
        QueryResult answer = await queries.QueryAsync(new QueryCall(tenant, request) { UseCache = false }, cancellationToken).ConfigureAwait(false);
        var seen = new HashSet<LabelSet>(answer.Series.Count);
        List<ResultSeries> named = [.. answer.Series.Select(series => series with { Labels = _labels.Apply(series.Labels) })];
        return named.TrueForAll(series => seen.Add(series.Labels))
            ? named
            : throw new QueryException(QueryErrorKind.Execution, SameLabels);
    }

    /// <inheritdoc/>
    internal override async ValueTask<List<RuleSample>> EvaluateAsync(RuleQueries queries, RuleRun run, CancellationToken cancellationToken)
    {
        (IReadOnlyList<ResultSeries> answer, IReadOnlyList<string> warnings) =
            await queries.AskAsync(Rule.Expression, run.QueryTimeMs, cancellationToken).ConfigureAwait(false);
        NoteWarnings(warnings, run);
        if (run.Limit > 0 && answer.Count > run.Limit)
        {
            throw new RuleFailedException($"exceeded limit of {run.Limit} with {answer.Count} series");
        }

        var samples = new List<RuleSample>(answer.Count);
        var seen = new HashSet<LabelSet>(answer.Count);
        foreach (ResultSeries series in answer)
        {
            LabelSet labels = _labels.Apply(series.Labels);
            if (!seen.Add(labels))
            {
                throw new RuleFailedException(SameLabels);
            }

            samples.Add(series.Histograms?[0] is { } histogram
                ? new RuleSample(labels, series.Times.Span[0], 0, histogram)
                : new RuleSample(labels, series.Times.Span[0], BitConverter.DoubleToInt64Bits(series.Values.Span[0]), null));
        }

        return samples;
    }
}
