using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.Ruler.Yaml;

namespace RemoteStore.Ruler.Files;

/// <summary>Makes groups of the values of a rule file, and collects all that is wrong with them. For one file.</summary>
/// <param name="file">The file.</param>
/// <param name="options">What it may hold.</param>
internal sealed class RuleFileBuilder(string file, RuleFileOptions options)
{
    private const string GroupType = "rulefmt.RuleGroup";

    private readonly YamlDecoder _decoder = new(options.IgnoreUnknownFields);
    private readonly List<RuleFileFault> _faults = [];
    private readonly Dictionary<string, SourcePosition> _names = new(StringComparer.Ordinal);
    private int _taken;
    private int _rules;

    /// <summary>All that is wrong.</summary>
    public IReadOnlyList<RuleFileFault> Faults => _faults;

    /// <summary>The groups of a file.</summary>
    public IReadOnlyList<RuleGroup> Groups(YamlValue? root)
    {
        List<RuleGroup> groups = [];
        _decoder.Fields(root, "rulefmt.RuleGroups", ("groups", value => groups = _decoder.List(value, GroupType, Group)));
        TakeDecoderFaults("", 0, "");
        return groups;
    }

    /// <summary>A group alone.</summary>
    public IReadOnlyList<RuleGroup> SingleGroup(YamlValue? root)
    {
        if (root is not null)
        {
            return [Group(root)];
        }

        Refuse(default, "Groupname must not be empty");
        return [];
    }

    private RuleGroup Group(YamlValue value)
    {
        YamlValue? name = null;
        TimeSpan? interval = null;
        TimeSpan? offset = null;
        int limit = 0;
        List<KeyValuePair<YamlScalar, string>> labels = [];
        YamlSequence? rules = null;
        _decoder.Fields(
            value,
            GroupType,
            ("name", one => name = one),
            ("interval", one => interval = _decoder.Duration(one)),
            ("query_offset", one => offset = _decoder.Duration(one)),
            ("limit", one => limit = _decoder.WholeNumber(one)),
            ("labels", one => labels = _decoder.TextMap(one)),
            ("rules", one => rules = RuleList(one)));
        string text = name is null ? "" : _decoder.Text(name);
        TakeDecoderFaults("", 0, "");
        if (value is not YamlMapping and not YamlScalar { IsNull: true })
        {
            return new RuleGroup(file, "", []);
        }

        CheckName(text, value.Position);
        CheckLabels(labels, (position, reason) => Refuse(position, reason));
        List<KeyValuePair<string, string>> plain = [.. labels.Select(static label => KeyValuePair.Create(label.Key.Text, label.Value))];
        List<Rule> built = [];
        foreach ((int index, YamlValue rule) in (rules?.Items ?? []).Index())
        {
            if (++_rules > options.MaxRules)
            {
                Refuse(rule.Position, FormattableString.Invariant($"the file has more than {options.MaxRules} rules"));
                break;
            }

            if (Rule(rule, text, index + 1, plain) is { } one)
            {
                built.Add(one);
            }
        }

        return new RuleGroup(file, text, built)
        {
            Interval = interval == TimeSpan.Zero ? null : interval,
            QueryOffset = offset,
            Limit = limit,
            Labels = plain,
            Position = value.Position,
        };
    }

    private YamlSequence? RuleList(YamlValue value)
    {
        if (value is not YamlSequence and not YamlScalar { IsNull: true })
        {
            _ = _decoder.List(value, RuleBuilder.RuleType, static one => one);
        }

        return value as YamlSequence;
    }

    private Rule? Rule(YamlValue value, string group, int number, List<KeyValuePair<string, string>> groupLabels)
    {
        var builder = new RuleBuilder(_decoder, options, value);
        TakeDecoderFaults(group, number, builder.Name);
        if (value is not YamlMapping and not YamlScalar { IsNull: true })
        {
            return null;
        }

        int before = _faults.Count;
        Rule? rule = builder.Build(groupLabels, (position, reason) => Refuse(position, reason, group, number, builder.Name));
        return _faults.Count == before ? rule : null;
    }

    private void CheckName(string name, SourcePosition position)
    {
        if (name.Length == 0)
        {
            Refuse(position, "Groupname must not be empty");
        }
        else if (!_names.TryAdd(name, position))
        {
            Refuse(position, $"groupname: \"{name}\" is repeated in the same file");
        }
    }

    private void CheckLabels(List<KeyValuePair<YamlScalar, string>> labels, Action<SourcePosition, string> refuse)
    {
        foreach ((YamlScalar name, string _) in labels)
        {
            if (name.Text == LabelSet.MetricName || !LabelNames.IsValid(Encoding.UTF8.GetBytes(name.Text), options.Names))
            {
                refuse(name.Position, $"invalid label name: {name.Text}");
            }
        }
    }

    /// <summary>Faults that the decoder met since the last call, of the place where it was.</summary>
    private void TakeDecoderFaults(string group, int rule, string ruleName)
    {
        for (; _taken < _decoder.Faults.Count; _taken++)
        {
            YamlFault fault = _decoder.Faults[_taken];
            Refuse(fault.Position, fault.Reason, group, rule, ruleName);
        }
    }

    private void Refuse(SourcePosition position, string reason, string group = "", int rule = 0, string ruleName = "") =>
        _faults.Add(new RuleFileFault(file, position, reason) { Group = group, RuleNumber = rule, RuleName = ruleName });
}
