using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Results;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Evaluation;

/// <summary>A recording rule that is evaluated again and again.</summary>
public sealed class RecordingRuleState : RuleState
{
    private readonly LabelOverrides _labels;

    /// <summary>Creates the state before the first evaluation.</summary>
    public RecordingRuleState(RecordingRule rule)
        : base(rule) => _labels = new LabelOverrides([.. rule.Labels, new(LabelSet.MetricName, rule.Name)]);

    /// <inheritdoc/>
    internal override async ValueTask<List<RuleSample>> EvaluateAsync(RuleQueries queries, RuleRun run, CancellationToken cancellationToken)
    {
        IReadOnlyList<ResultSeries> answer = await queries.InstantAsync(Rule.Expression, run.QueryTimeMs, cancellationToken).ConfigureAwait(false);
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
                throw new RuleFailedException("vector contains metrics with the same labelset after applying rule labels");
            }

            samples.Add(series.Histograms?[0] is { } histogram
                ? new RuleSample(labels, series.Times.Span[0], 0, histogram)
                : new RuleSample(labels, series.Times.Span[0], BitConverter.DoubleToInt64Bits(series.Values.Span[0]), null));
        }

        return samples;
    }
}
