using System.Text.Json;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Relabeling;
using RemoteStore.Testing;
using Shouldly;

namespace RemoteStore.Model.Tests.Relabeling;

/// <summary>The tables of Prometheus' own tests.</summary>
public sealed class RelabelConformanceTests
{
    [ConformanceFact]
    public void Relabel_CasesOfPrometheus_GiveItsLabels()
    {
        int cases = 0;
        foreach (JsonElement test in ConformanceData.Cases("relabel/relabel.json"))
        {
            RelabelConfig[] rules = [.. test.GetProperty("relabel_configs").EnumerateArray().Select(rule => Read(rule, new RelabelConfig()))];
            var relabeler = new Relabeler(rules, Scheme(test));

            bool kept = relabeler.TryApply(Labels(test.GetProperty("input")), out LabelSet result);

            kept.ShouldBe(test.GetProperty("keep").GetBoolean(), test.GetRawText());
            if (kept)
            {
                result.ShouldBe(Labels(test.GetProperty("output")), test.GetRawText());
            }

            cases++;
        }

        cases.ShouldBeGreaterThanOrEqualTo(18);
    }

    [ConformanceFact]
    public void Validate_CasesOfPrometheus_GiveItsVerdict()
    {
        // Nothing is filled in before this check.
        var bare = new RelabelConfig { Action = RelabelAction.None, Separator = "", Replacement = "", Regex = "" };
        foreach (JsonElement test in ConformanceData.Cases("relabel/validate.json"))
        {
            string? fault = Read(test.GetProperty("config"), bare).Validate(Scheme(test.GetProperty("config")));

            (fault is null).ShouldBe(test.GetProperty("ok").GetBoolean(), $"{test.GetRawText()}: {fault}");
            if (fault is not null && test.TryGetProperty("error_contains", out JsonElement text))
            {
                fault.ShouldContain(text.GetString()!);
            }
        }
    }

    [ConformanceFact]
    public void Validate_LegacyTargets_GiveItsVerdict()
    {
        foreach (JsonElement test in ConformanceData.Cases("relabel/target_label_legacy.json"))
        {
            string target = test.GetProperty("target_label").GetString()!;
            string? fault = new RelabelConfig { TargetLabel = target }.Validate(NameScheme.Legacy);

            (fault is null).ShouldBe(test.GetProperty("ok").GetBoolean(), target);
        }
    }

    private static NameScheme Scheme(JsonElement element) =>
        element.TryGetProperty("name_validation", out JsonElement scheme) && scheme.GetString() == "legacy" ? NameScheme.Legacy : NameScheme.Utf8;

    private static LabelSet Labels(JsonElement pairs) =>
        LabelSet.FromPairs(pairs.EnumerateObject().Select(static pair => KeyValuePair.Create(pair.Name, pair.Value.GetString()!)));

    private static RelabelConfig Read(JsonElement json, RelabelConfig rule)
    {
        foreach (JsonProperty member in json.EnumerateObject())
        {
            rule = member.Name switch
            {
                "source_labels" => rule with { SourceLabels = [.. member.Value.EnumerateArray().Select(static v => v.GetString()!)] },
                "separator" => rule with { Separator = member.Value.GetString()! },
                "regex" => rule with { Regex = member.Value.GetString()! },
                "modulus" => rule with { Modulus = member.Value.GetUInt64() },
                "target_label" => rule with { TargetLabel = member.Value.GetString()! },
                "replacement" => rule with { Replacement = member.Value.GetString()! },
                "action" => rule with { Action = RelabelConfig.TryParseAction(member.Value.GetString()!, out RelabelAction action) ? action : RelabelAction.None },
                "name_validation" => rule,
                _ => throw new InvalidDataException($"unknown member {member.Name}"),
            };
        }

        return rule;
    }
}
