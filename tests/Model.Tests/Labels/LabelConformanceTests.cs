using System.Text;
using System.Text.Json;
using RemoteStore.Model.Labels;
using RemoteStore.Testing;
using Shouldly;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Model.Tests.Labels;

public sealed class LabelConformanceTests
{
    [ConformanceFact]
    public void Matcher_EachCaseOfTheTable_MatchesAsExpected()
    {
        foreach (JsonElement c in ConformanceData.Cases("labels/matcher.json"))
        {
            MatchType type = Text(c, "op") switch
            {
                "=" => MatchType.Equal,
                "!=" => MatchType.NotEqual,
                "=~" => MatchType.Regexp,
                "!~" => MatchType.NotRegexp,
                string other => throw new InvalidDataException($"operator {other}"),
            };
            var matcher = new LabelMatcher(type, "x", Text(c, "pattern"));
            bool expected = c.GetProperty("match").GetBoolean();

            matcher.Matches(Encoding.UTF8.GetBytes(Text(c, "value"))).ShouldBe(expected, c.ToString());
            matcher.Inverse().Matches(Encoding.UTF8.GetBytes(Text(c, "value"))).ShouldBe(!expected, c.ToString());
        }
    }

    [ConformanceFact]
    public void Validity_EachCaseOfTheTable_IsAsExpected()
    {
        foreach (JsonElement c in ConformanceData.Cases("labels/validity.json"))
        {
            NameScheme scheme = Text(c, "scheme") == "legacy" ? NameScheme.Legacy : NameScheme.Utf8;
            bool valid = c.GetProperty("labels").EnumerateArray().All(label => IsValid(label, scheme));

            valid.ShouldBe(c.GetProperty("ok").GetBoolean(), c.ToString());
        }
    }

    [ConformanceFact]
    public void Compare_EachCaseOfTheTable_HasTheExpectedSign()
    {
        foreach (JsonElement c in ConformanceData.Cases("labels/compare.json"))
        {
            LabelSet a = Labels(c.GetProperty("a"));
            LabelSet b = Labels(c.GetProperty("b"));
            int expected = c.GetProperty("expected").GetInt32();

            Math.Sign(a.CompareTo(b)).ShouldBe(expected, c.ToString());
            Math.Sign(b.CompareTo(a)).ShouldBe(-expected, c.ToString());
        }
    }

    private static bool IsValid(JsonElement label, NameScheme scheme)
    {
        string name = Text(label, "name");
        byte[] value = label.TryGetProperty("value_base64", out JsonElement encoded) ? encoded.GetBytesFromBase64() : Encoding.UTF8.GetBytes(Text(label, "value"));
        return LabelNames.IsValid(Encoding.UTF8.GetBytes(name), scheme)
            && LabelNames.IsValidValue(value)
            && (name != LabelSet.MetricName || LabelNames.IsValidMetricName(value, scheme));
    }

    private static LabelSet Labels(JsonElement labels) =>
        LabelSet.FromPairs(labels.EnumerateObject().Select(static p => new KeyValuePair<string, string>(p.Name, p.Value.GetString()!)));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
