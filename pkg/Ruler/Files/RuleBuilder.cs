using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.Ruler.Alerting;
using RemoteStore.Ruler.Yaml;

namespace RemoteStore.Ruler.Files;

/// <summary>Makes a rule of its values. Checks and their words are those of Prometheus.</summary>
internal sealed class RuleBuilder
{
    /// <summary>What a rule is called in messages.</summary>
    public const string RuleType = "rulefmt.Rule";

    private readonly RuleFileOptions _options;
    private readonly SourcePosition _position;
    private readonly SourcePosition _namePosition;
    private readonly SourcePosition _expressionPosition;
    private readonly string _record = "";
    private readonly string _alert = "";
    private readonly string _expression = "";
    private readonly TimeSpan _for;
    private readonly TimeSpan _keepFiringFor;
    private readonly List<KeyValuePair<YamlScalar, string>> _labels = [];
    private readonly List<KeyValuePair<YamlScalar, string>> _annotations = [];

    /// <summary>Decodes the fields of a rule; the decoder notes what is not as it has to be.</summary>
    public RuleBuilder(YamlDecoder decoder, RuleFileOptions options, YamlValue value)
    {
        _options = options;
        _position = value.Position;
        _namePosition = value.Position;
        _expressionPosition = value.Position;
        YamlValue? record = null, alert = null, expression = null, hold = null, keep = null, labels = null, annotations = null;
        decoder.Fields(
            value,
            RuleType,
            ("record", one => record = one),
            ("alert", one => alert = one),
            ("expr", one => expression = one),
            ("for", one => hold = one),
            ("keep_firing_for", one => keep = one),
            ("labels", one => labels = one),
            ("annotations", one => annotations = one));
        _record = record is null ? "" : decoder.Text(record);
        _alert = alert is null ? "" : decoder.Text(alert);
        _expression = expression is null ? "" : decoder.Text(expression);
        _for = hold is null ? TimeSpan.Zero : decoder.Duration(hold) ?? TimeSpan.Zero;
        _keepFiringFor = keep is null ? TimeSpan.Zero : decoder.Duration(keep) ?? TimeSpan.Zero;
        _labels = labels is null ? [] : decoder.TextMap(labels);
        _annotations = annotations is null ? [] : decoder.TextMap(annotations);
        _namePosition = (record ?? alert)?.Position ?? value.Position;
        _expressionPosition = expression?.Position ?? value.Position;
    }

    /// <summary>Name of the alert or of the series; empty when there is none.</summary>
    public string Name => _alert.Length > 0 ? _alert : _record;

    /// <summary>Checks the rule and makes it.</summary>
    /// <param name="groupLabels">Labels of its group.</param>
    /// <param name="refuse">Told what is wrong.</param>
    /// <returns>The rule; null or of no use when something is wrong.</returns>
    public Rule? Build(IReadOnlyList<KeyValuePair<string, string>> groupLabels, Action<SourcePosition, string> refuse)
    {
        if (_record.Length > 0 == _alert.Length > 0)
        {
            refuse(_namePosition, _record.Length > 0 ? "only one of 'record' and 'alert' must be set" : "one of 'record' or 'alert' must be set");
        }

        Expr? tree = Parse(refuse);
        if (_record.Length > 0)
        {
            CheckRecording(refuse);
        }

        foreach ((YamlScalar name, string _) in _labels)
        {
            if (name.Text == LabelSet.MetricName || !IsName(name.Text))
            {
                refuse(name.Position, $"invalid label name: {name.Text}");
            }
        }

        foreach ((YamlScalar name, string _) in _annotations)
        {
            if (!IsName(name.Text))
            {
                refuse(name.Position, $"invalid annotation name: {name.Text}");
            }
        }

        if (_alert.Length > 0)
        {
            CheckTemplates("label", _labels, refuse);
            CheckTemplates("annotation", _annotations, refuse);
        }

        return tree is null ? null : Make(tree, groupLabels);
    }

    private Expr? Parse(Action<SourcePosition, string> refuse)
    {
        if (_expression.Length == 0)
        {
            refuse(_expressionPosition, "field 'expr' must be set in rule");
            return null;
        }

        if (!PromQLParser.TryParse(_expression, out Expr? tree, out IReadOnlyList<ParseFault>? faults, _options.Queries))
        {
            refuse(_expressionPosition, $"could not parse expression: {faults[0]}");
        }

        return tree;
    }

    private void CheckRecording(Action<SourcePosition, string> refuse)
    {
        if (_annotations.Count > 0)
        {
            refuse(_namePosition, "invalid field 'annotations' in recording rule");
        }

        if (_for != TimeSpan.Zero)
        {
            refuse(_namePosition, "invalid field 'for' in recording rule");
        }

        if (_keepFiringFor != TimeSpan.Zero)
        {
            refuse(_namePosition, "invalid field 'keep_firing_for' in recording rule");
        }

        if (!LabelNames.IsValidMetricName(Encoding.UTF8.GetBytes(_record), _options.Names))
        {
            refuse(_namePosition, $"invalid recording rule name: {_record}");
        }

        if (_record.AsSpan().IndexOfAny('{', '}') >= 0)
        {
            refuse(_namePosition, $"braces present in the recording rule name; should it be in expr?: {_record}");
        }
    }

    private void CheckTemplates(string kind, List<KeyValuePair<YamlScalar, string>> texts, Action<SourcePosition, string> refuse)
    {
        foreach ((YamlScalar name, string text) in texts)
        {
            if (AlertTemplate.FaultOf(_alert, text) is { } fault)
            {
                refuse(name.Position, $"{kind} \"{name.Text}\": {fault}");
            }
        }
    }

    private Rule Make(Expr tree, IReadOnlyList<KeyValuePair<string, string>> groupLabels)
    {
        List<KeyValuePair<string, string>> own = Plain(_labels);
        List<KeyValuePair<string, string>> all = own;
        if (groupLabels.Count > 0)
        {
            var byName = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach ((string name, string value) in groupLabels.Concat(own))
            {
                byName[name] = value;
            }

            all = [.. byName];
        }

        return _record.Length > 0
            ? new RecordingRule(_record, _expression, tree) { Labels = all, OwnLabels = own, Position = _position }
            : new AlertingRule(_alert, _expression, tree)
            {
                Labels = all,
                OwnLabels = own,
                Position = _position,
                For = _for,
                KeepFiringFor = _keepFiringFor,
                Annotations = Plain(_annotations),
            };
    }

    private bool IsName(string name) => LabelNames.IsValid(Encoding.UTF8.GetBytes(name), _options.Names);

    private static List<KeyValuePair<string, string>> Plain(List<KeyValuePair<YamlScalar, string>> texts) =>
        [.. texts.Select(static text => KeyValuePair.Create(text.Key.Text, text.Value))];
}
