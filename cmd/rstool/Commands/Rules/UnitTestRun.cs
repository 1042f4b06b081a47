using System.Globalization;
using RemoteStore.Model;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Series;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.Ruler.Alerting;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Tool.Commands.Rules;

/// <summary>Runs one group of unit tests: rules are evaluated at every interval from the start on, over the samples that there are by then.</summary>
/// <param name="file">The file it is of.</param>
/// <param name="test">The group.</param>
/// <param name="groups">Groups of rules in the order of evaluation.</param>
/// <param name="engine">How queries are evaluated.</param>
internal sealed class UnitTestRun(UnitTestFile file, UnitTestGroup test, IReadOnlyList<RuleGroup> groups, EngineOptions engine)
{
    private readonly UnitTestStorage _storage = new();
    private readonly List<string> _failures = [];

    private string NameLine => test.Name.Length == 0 ? "" : $"    name: {test.Name},\n";

    /// <summary>Runs the tests; returns what fails, in promtool's words.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        if (test.AlertTests.FirstOrDefault(static alert => alert.Name.Length == 0) is { } nameless)
        {
            string where = test.Name.Length == 0 ? "" : $" (in TestGroup {test.Name})";
            return [$"an item under alert_rule_test misses required attribute alertname at eval_time {PrometheusDuration.Format(nameless.Time)}{where}"];
        }

        foreach (string series in test.Series)
        {
            if (!SeriesDescription.TryParse(series.ReplaceLineEndings(" "), out SeriesDescription? description, out IReadOnlyList<ParseFault>? faults))
            {
                return [$"{series}: {faults[0]}"];
            }

            _storage.AddInput(description, test.StartMs, (long)test.Interval.TotalMilliseconds);
        }

        var queries = new EngineQueryService(new QueryEngine(engine with { DefaultSubqueryStep = file.EvaluationInterval }, TimeProvider.System), _storage.Samples);
        if (await EvaluateRulesAsync(queries, cancellationToken).ConfigureAwait(false))
        {
            foreach (QueryTest query in test.QueryTests)
            {
                await CheckQueryAsync(queries, query, cancellationToken).ConfigureAwait(false);
            }
        }

        return _failures;
    }

    /// <summary>Evaluates all groups over time, and checks alerts on the way; false when a rule failed.</summary>
    private async Task<bool> EvaluateRulesAsync(EngineQueryService queries, CancellationToken cancellationToken)
    {
        var environment = new RuleEnvironment(TenantId.Anonymous, queries, _storage, TimeProvider.System)
        {
            ExternalLabels = test.ExternalLabels,
            ExternalUrl = test.ExternalUrl,
        };
        GroupEvaluator[] evaluators = [.. groups.Select(group => new GroupEvaluator(group, environment, awaitsRestore: false))];
        long stepMs = (long)file.EvaluationInterval.TotalMilliseconds;
        long endMs = (long)test.AlertTests.Select(static one => one.Time).Concat(test.QueryTests.Select(static one => one.Time)).DefaultIfEmpty().Max().TotalMilliseconds;
        for (long atMs = 0; atMs <= endMs; atMs += stepMs)
        {
            if (_storage.LoadUntil(test.StartMs + atMs) is { } fault)
            {
                _failures.Add(fault);
                return true;
            }

            var errors = new List<string>();
            foreach (GroupEvaluator evaluator in evaluators)
            {
                await evaluator.EvaluateAsync(test.StartMs + atMs, cancellationToken).ConfigureAwait(false);
                errors.AddRange(evaluator.Rules.Where(static rule => rule.Status.LastError is not null).Select(rule =>
                    $"    rule: {rule.Rule.Name}, time: {UnitTestText.GoDuration(TimeSpan.FromMilliseconds(atMs))}, err: {rule.Status.LastError}"));
            }

            _failures.AddRange(errors);
            if (errors.Count > 0)
            {
                return false;
            }

            // What is asked for between two evaluations is what the first left.
            foreach (AlertTest alerts in test.AlertTests.Where(one => (long)one.Time.TotalMilliseconds >= atMs && (long)one.Time.TotalMilliseconds < atMs + stepMs)
                .OrderBy(static one => one.Time))
            {
                CheckAlerts(alerts, evaluators);
            }
        }

        return true;
    }

    private void CheckAlerts(AlertTest expected, GroupEvaluator[] evaluators)
    {
        List<AlertText> firing = Ordered(evaluators.SelectMany(static evaluator => evaluator.AlertingRules)
            .Where(rule => rule.Rule.Name == expected.Name)
            .SelectMany(static rule => rule.ActiveAlerts)
            .Where(static alert => alert.State == AlertState.Firing)
            .Select(static alert => new AlertText(alert.Labels.ToPairs(), alert.Annotations)));
        List<AlertText> wanted = Ordered(expected.Alerts.Select(alert => alert with
        {
            Labels = [.. alert.Labels.Where(static label => label.Key != "alertname").Append(new("alertname", expected.Name)).OrderBy(static label => label.Key, Utf8Order.Instance)],
        }));
        if (firing.Count != wanted.Count ||
            !firing.Zip(wanted).All(static pair => pair.First.Labels.SequenceEqual(pair.Second.Labels) && pair.First.Annotations.SequenceEqual(pair.Second.Annotations)))
        {
            _failures.Add(
                $"{NameLine}    alertname: {expected.Name}, time: {PrometheusDuration.Format(expected.Time)}, \n        exp:{UnitTestText.Alerts(wanted)}, \n        got:{UnitTestText.Alerts(firing)}");
        }
    }

    private static List<AlertText> Ordered(IEnumerable<AlertText> alerts) =>
        [.. alerts.OrderBy(static alert => Key(alert.Labels), Utf8Order.Instance).ThenBy(static alert => Key(alert.Annotations), Utf8Order.Instance)];

    private static string Key(IReadOnlyList<KeyValuePair<string, string>> labels) => string.Concat(labels.Select(static label => $"{label.Key}\0{label.Value}\0"));

    private async Task CheckQueryAsync(EngineQueryService queries, QueryTest expected, CancellationToken cancellationToken)
    {
        string head = $"{NameLine}    expr: {GoText.Quote(expected.Query)}, time: {PrometheusDuration.Format(expected.Time)},";
        try
        {
            QueryRequest request = QueryRequest.Instant(expected.Query, test.StartMs + (long)expected.Time.TotalMilliseconds);
            QueryResult result = await queries.QueryAsync(new QueryCall(TenantId.Anonymous, request), cancellationToken).ConfigureAwait(false);
            if (result.Type is not (ExprType.Vector or ExprType.Scalar))
            {
                _failures.Add($"{head} err: rule result is not a vector or scalar");
                return;
            }

            List<(LabelSet Labels, double Value, FloatHistogram? Histogram)> wanted = [.. expected.Samples.Select(Parse).OrderBy(static sample => sample.Labels)];
            List<(LabelSet Labels, double Value, FloatHistogram? Histogram)> got =
                [.. result.Series.Select(static series => (series.Labels, series.Values.Span[0], series.Histograms?[0])).OrderBy(static sample => sample.Labels)];
            if (wanted.Count != got.Count || !wanted.Zip(got).All(pair => AreEqual(pair.First, pair.Second)))
            {
                _failures.Add($"{head}\n        exp: {UnitTestText.Samples(wanted)}\n        got: {UnitTestText.Samples(got)}");
            }
        }
        catch (Exception e) when (e is QueryException or FormatException)
        {
            _failures.Add($"{head} err: {e.Message}");
        }
    }

    private static (LabelSet Labels, double Value, FloatHistogram? Histogram) Parse(SampleText sample)
    {
        string quoted = GoText.Quote(sample.Labels);
        IReadOnlyList<KeyValuePair<string, string>>? labels = [];
        if (sample.Labels.Length > 0 && !SeriesDescription.TryParseLabels(sample.Labels, out labels, out IReadOnlyList<ParseFault>? faults))
        {
            throw new FormatException($"labels {quoted}: {faults[0]}");
        }

        if (sample.Histogram.Length == 0)
        {
            return (LabelSet.FromPairs(labels), sample.Value, null);
        }

        if (!SeriesDescription.TryParse("{} " + sample.Histogram, out SeriesDescription? description, out faults))
        {
            throw new FormatException($"histogram {GoText.Quote(sample.Histogram)}: {faults[0]}");
        }

        if (description.Values is not [{ Histogram: { } native }])
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"histogram {GoText.Quote(sample.Histogram)}: expected 1 histogram, got {description.Values.Count} values"));
        }

        var histogram = new FloatHistogram();
        histogram.CopyFrom(native);
        return (LabelSet.FromPairs(labels), 0, histogram);
    }

    /// <summary>Floats have to be the same, or with fuzzy comparison neighbours; NaN is like nothing. Histograms are compared by their texts.</summary>
    private bool AreEqual((LabelSet Labels, double Value, FloatHistogram? Histogram) wanted, (LabelSet Labels, double Value, FloatHistogram? Histogram) got)
    {
        if (wanted.Labels != got.Labels || wanted.Histogram is null != got.Histogram is null)
        {
            return false;
        }

        return wanted.Histogram is not null
            ? HistogramText.Print(wanted.Histogram.ToNative()) == HistogramText.Print(got.Histogram!.ToNative())
            : wanted.Value == got.Value ||
                (file.FuzzyCompare && (Math.BitIncrement(wanted.Value) == got.Value || Math.BitDecrement(wanted.Value) == got.Value));
    }
}
