using RemoteStore.Model.Labels;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Files;
using RemoteStore.Ruler.Templates;
using RemoteStore.Ruler.Templates.Execution;
using RemoteStore.Ruler.Templates.Values;

namespace RemoteStore.Ruler.Alerting;

/// <summary>Labels and annotations of the alerts of a rule: its templates, expanded for a series. Immutable.</summary>
internal sealed class AlertTexts
{
    private const string DataType =
        "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }";

    private readonly AlertTemplate[] _labels;
    private readonly AlertTemplate[] _annotations;
    private readonly KeyValuePair<string, string> _name;
    private readonly LabelOverrides? _sameLabels;
    private readonly IReadOnlyList<KeyValuePair<string, string>>? _sameAnnotations;

    public AlertTexts(AlertingRule rule)
    {
        _name = new(AlertSeries.NameLabel, rule.Name);
        _labels = [.. rule.Labels.Select(label => new AlertTemplate(rule.Name, label.Key, label.Value))];
        _annotations = [.. rule.Annotations.Select(annotation => new AlertTemplate(rule.Name, annotation.Key, annotation.Value))];
        _sameLabels = Array.TrueForAll(_labels, static label => label.IsConstant) ? Overrides(rule.Labels) : null;
        _sameAnnotations = Array.TrueForAll(_annotations, static annotation => annotation.IsConstant) ? rule.Annotations : null;
    }

    /// <summary>Labels and annotations of the alert that a series raises.</summary>
    /// <param name="series">The series, with one point.</param>
    /// <param name="queries">Answers queries of templates.</param>
    /// <param name="run">The evaluation.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    public async ValueTask<(LabelSet Labels, IReadOnlyList<KeyValuePair<string, string>> Annotations)> ExpandAsync(
        ResultSeries series, RuleQueries queries, RuleRun run, CancellationToken cancellationToken)
    {
        if (_sameLabels is not null && _sameAnnotations is not null)
        {
            return (_sameLabels.Apply(series.Labels), _sameAnnotations);
        }

        RuleEnvironment environment = queries.Environment;
        object data = DataOf(series, environment);
        var context = new TemplateContext(run.TimestampMs, environment.ExternalUrl, (query, token) => QueryAsync(queries, query, run.TimestampMs, token));
        LabelSet labels = _sameLabels is not null
            ? _sameLabels.Apply(series.Labels)
            : Overrides(await ExpandAsync(_labels, data, context, run, cancellationToken).ConfigureAwait(false)).Apply(series.Labels);
        return (labels, _sameAnnotations ?? await ExpandAsync(_annotations, data, context, run, cancellationToken).ConfigureAwait(false));
    }

    private static async ValueTask<List<KeyValuePair<string, string>>> ExpandAsync(
        AlertTemplate[] templates, object data, TemplateContext context, RuleRun run, CancellationToken cancellationToken)
    {
        var texts = new List<KeyValuePair<string, string>>(templates.Length);
        foreach (AlertTemplate template in templates)
        {
            texts.Add(new(template.Name, await template.ExpandAsync(data, context, run.TemplateFailed, cancellationToken).ConfigureAwait(false)));
        }

        return texts;
    }

    private LabelOverrides Overrides(IEnumerable<KeyValuePair<string, string>> labels) => new([.. labels, _name, new(LabelSet.MetricName, "")]);

    private static GoStruct DataOf(ResultSeries series, RuleEnvironment environment) => new(
        DataType,
        IsPointer: false,
        [
            new("Labels", GoMap.OfTexts(series.Labels.ToPairs())),
            new("ExternalLabels", GoMap.OfTexts(environment.ExternalLabels)),
            new("ExternalURL", environment.ExternalUrl),
            new("Value", series.Histograms?[0] is { } histogram ? new GoHistogram(histogram) : series.Values.Span[0]),
        ]);

    private static async ValueTask<GoList> QueryAsync(RuleQueries queries, string query, long timeMs, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<ResultSeries> answer = await queries.InstantAsync(query, timeMs, cancellationToken).ConfigureAwait(false);
            return new GoList(
                [.. answer.Select(static series => (object?)GoSample.Of(series.Labels.ToPairs(), series.Histograms?[0] is null ? series.Values.Span[0] : 0))],
                GoSample.AnswerType);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is QueryException or RuleFailedException or IOException)
        {
            throw new TemplateFailedException(e.Message);
        }
    }
}
