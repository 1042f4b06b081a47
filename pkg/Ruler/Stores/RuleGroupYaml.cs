using System.Globalization;
using RemoteStore.Model;
using RemoteStore.Ruler.Files;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace RemoteStore.Ruler.Stores;

/// <summary>Writes groups as the YAML that the rule API speaks.</summary>
internal static class RuleGroupYaml
{
    /// <summary>One group.</summary>
    public static string Write(RuleGroup group) => Document(yaml => WriteGroup(yaml, group));

    /// <summary>Lists of groups by their namespace.</summary>
    public static string WriteByNamespace(IEnumerable<RuleGroup> groups) => Document(yaml =>
    {
        yaml.Emit(new MappingStart());
        foreach (IGrouping<string, RuleGroup> space in groups.GroupBy(static group => group.File, StringComparer.Ordinal))
        {
            WriteText(yaml, space.Key);
            yaml.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
            foreach (RuleGroup group in space)
            {
                WriteGroup(yaml, group);
            }

            yaml.Emit(new SequenceEnd());
        }

        yaml.Emit(new MappingEnd());
    });

    private static string Document(Action<Emitter> write)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var yaml = new Emitter(text, EmitterSettings.Default.WithBestWidth(int.MaxValue));
        yaml.Emit(new StreamStart());
        yaml.Emit(new DocumentStart(null, null, isImplicit: true));
        write(yaml);
        yaml.Emit(new DocumentEnd(isImplicit: true));
        yaml.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void WriteGroup(Emitter yaml, RuleGroup group)
    {
        yaml.Emit(new MappingStart());
        WriteField(yaml, "name", group.Name);
        WriteDuration(yaml, "interval", group.Interval);
        WriteDuration(yaml, "query_offset", group.QueryOffset);
        if (group.Limit != 0)
        {
            WriteText(yaml, "limit");
            yaml.Emit(new Scalar(group.Limit.ToString(CultureInfo.InvariantCulture)));
        }

        WriteMap(yaml, "labels", group.Labels);
        WriteText(yaml, "rules");
        yaml.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
        foreach (Rule rule in group.Rules)
        {
            WriteRule(yaml, rule);
        }

        yaml.Emit(new SequenceEnd());
        yaml.Emit(new MappingEnd());
    }

    private static void WriteRule(Emitter yaml, Rule rule)
    {
        yaml.Emit(new MappingStart());
        WriteField(yaml, rule is AlertingRule ? "alert" : "record", rule.Name);
        WriteField(yaml, "expr", rule.Expression);
        if (rule is AlertingRule alerting)
        {
            WriteDuration(yaml, "for", alerting.For == TimeSpan.Zero ? null : alerting.For);
            WriteDuration(yaml, "keep_firing_for", alerting.KeepFiringFor == TimeSpan.Zero ? null : alerting.KeepFiringFor);
            WriteMap(yaml, "labels", rule.OwnLabels);
            WriteMap(yaml, "annotations", alerting.Annotations);
        }
        else
        {
            WriteMap(yaml, "labels", rule.OwnLabels);
        }

        yaml.Emit(new MappingEnd());
    }

    private static void WriteMap(Emitter yaml, string name, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        if (pairs.Count > 0)
        {
            WriteText(yaml, name);
            yaml.Emit(new MappingStart());
            foreach ((string key, string value) in pairs)
            {
                WriteField(yaml, key, value);
            }

            yaml.Emit(new MappingEnd());
        }
    }

    private static void WriteDuration(Emitter yaml, string name, TimeSpan? duration)
    {
        if (duration is { } value)
        {
            WriteField(yaml, name, PrometheusDuration.Format(value));
        }
    }

    private static void WriteField(Emitter yaml, string name, string value)
    {
        WriteText(yaml, name);
        WriteText(yaml, value);
    }

    /// <summary>A text that is read back as the same text, whatever it looks like.</summary>
    private static void WriteText(Emitter yaml, string text) =>
        yaml.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, IsPlain(text) ? ScalarStyle.Any : ScalarStyle.DoubleQuoted, isPlainImplicit: true, isQuotedImplicit: true));

    /// <summary>True when no reader takes the text for a number, a truth value, nothing, or more than one line.</summary>
    private static bool IsPlain(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !char.IsAsciiDigit(text[0]) && text[0] is not ('-' or '+' or '.' or '~' or '=' or '<') &&
        text.ToLowerInvariant() is not ("true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n" or "null");
}
