using System.Globalization;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Relabeling;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace RemoteStore.Ruler.Notifying;

/// <summary>
/// A YAML file with relabelling rules as Prometheus' configuration has them: a list, or a mapping with one as <c>alert_relabel_configs</c>.
/// </summary>
public static class RelabelFile
{
    private const string ListName = "alert_relabel_configs";
    private const int MaxBytes = 4 << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; empty for no rules.</param>
    /// <param name="rules">The rules, valid; empty when false is returned.</param>
    /// <param name="fault">What is wrong, with the place.</param>
    public static bool TryRead(string path, out IReadOnlyList<RelabelConfig> rules, out string? fault)
    {
        rules = [];
        fault = null;
        if (string.IsNullOrEmpty(path))
        {
            return true;
        }

        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                fault = FormattableString.Invariant($"{path}: the file is larger than {MaxBytes} bytes");
                return false;
            }

            return TryParse(File.ReadAllText(path), path, out rules, out fault);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"{path}: {e.Message}";
            return false;
        }
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="rules">The rules, valid; empty when false is returned.</param>
    /// <param name="fault">What is wrong, with the place.</param>
    public static bool TryParse(string text, string name, out IReadOnlyList<RelabelConfig> rules, out string? fault)
    {
        rules = [];
        fault = null;
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.TryConsume<DocumentStart>(out _))
            {
                rules = ReadDocument(parser);
            }

            return true;
        }
        catch (YamlException e)
        {
            rules = [];
            fault = string.Create(CultureInfo.InvariantCulture, $"{name}:{e.Start.Line}: {e.Message}");
            return false;
        }
    }

    private static List<RelabelConfig> ReadDocument(Parser parser)
    {
        if (parser.TryConsume<MappingStart>(out _))
        {
            Scalar key = parser.Consume<Scalar>();
            if (key.Value != ListName)
            {
                throw new YamlException(key.Start, key.End, $"field {key.Value} not found; a list of rules or {ListName} is expected");
            }

            List<RelabelConfig> rules = ReadList(parser);
            parser.Consume<MappingEnd>();
            parser.Consume<DocumentEnd>();
            return rules;
        }

        List<RelabelConfig> list = ReadList(parser);
        parser.Consume<DocumentEnd>();
        return list;
    }

    private static List<RelabelConfig> ReadList(Parser parser)
    {
        var rules = new List<RelabelConfig>();
        parser.Consume<SequenceStart>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            rules.Add(ReadRule(parser));
        }

        return rules;
    }

    private static RelabelConfig ReadRule(Parser parser)
    {
        MappingStart begin = parser.Consume<MappingStart>();
        var rule = new RelabelConfig();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Scalar key = parser.Consume<Scalar>();
            if (!seen.Add(key.Value))
            {
                throw new YamlException(key.Start, key.End, $"field {key.Value} already set");
            }

            rule = key.Value == "source_labels" ? rule with { SourceLabels = ReadNames(parser) } : With(rule, key, parser.Consume<Scalar>());
        }

        return rule.Validate(NameScheme.Utf8) is { } fault ? throw new YamlException(begin.Start, begin.End, fault) : rule;
    }

    private static List<string> ReadNames(Parser parser)
    {
        var names = new List<string>();
        parser.Consume<SequenceStart>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            Scalar name = parser.Consume<Scalar>();
            names.Add(name.Value.Length > 0 ? name.Value : throw new YamlException(name.Start, name.End, "\"\" is not a valid label name"));
        }

        return names;
    }

    private static RelabelConfig With(RelabelConfig rule, Scalar key, Scalar value) => key.Value switch
    {
        "separator" => rule with { Separator = value.Value },
        "regex" => rule with { Regex = value.Value },
        "target_label" => rule with { TargetLabel = value.Value },
        "replacement" => rule with { Replacement = value.Value },
        "modulus" => ulong.TryParse(value.Value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong modulus)
            ? rule with { Modulus = modulus }
            : throw new YamlException(value.Start, value.End, $"'{value.Value}' is not a whole number"),
        "action" => RelabelConfig.TryParseAction(value.Value, out RelabelAction action)
            ? rule with { Action = action }
            : throw new YamlException(value.Start, value.End, $"unknown relabel action \"{value.Value}\""),
        _ => throw new YamlException(key.Start, key.End, $"field {key.Value} not found in type relabel.Config"),
    };
}
