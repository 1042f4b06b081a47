using System.Globalization;
using System.Text;
using System.Text.Json;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Regexp;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>Tables of labels: matchers, regular expressions, valid names and values, order of label sets.</summary>
internal static class LabelTables
{
    public static IReadOnlyList<CaseTable> All { get; } =
    [
        CaseTable.Of("regexp", ["matches", "no_match"], Regexp),
        CaseTable.Of("matcher", ["op"], Matcher),
        CaseTable.Of("validity", ["scheme"], Validity),
        CaseTable.Of("compare", ["a"], Compare),
    ];

    private static CaseDifference? Regexp(JsonElement @case)
    {
        if (!Re2Regex.TryParse(@case.Text("pattern"), out Re2Regex? regex, out string? error))
        {
            return new CaseDifference("a pattern", error);
        }

        foreach (string list in (string[])["matches", "no_match"])
        {
            foreach (JsonElement value in @case.GetProperty(list).EnumerateArray())
            {
                byte[] utf8 = value.ValueKind == JsonValueKind.Object ? value.GetProperty("base64").GetBytesFromBase64() : Encoding.UTF8.GetBytes(value.GetString()!);
                bool matches = regex.IsMatch(utf8);
                if (matches != (list == "matches"))
                {
                    return new CaseDifference($"{list}: {value}", matches ? "it matches" : "it does not match");
                }
            }
        }

        return null;
    }

    private static CaseDifference? Matcher(JsonElement @case)
    {
        MatchType type = @case.Text("op") switch
        {
            "=" => MatchType.Equal,
            "!=" => MatchType.NotEqual,
            "=~" => MatchType.Regexp,
            "!~" => MatchType.NotRegexp,
            string other => throw new InvalidDataException($"operator {other}"),
        };
        var matcher = new LabelMatcher(type, "x", @case.Text("pattern"));
        byte[] value = @case.Bytes("value");
        bool expected = @case.GetProperty("match").GetBoolean();
        return CaseDifference.Between(
            string.Create(CultureInfo.InvariantCulture, $"match {expected}, by the inverse {!expected}"),
            string.Create(CultureInfo.InvariantCulture, $"match {matcher.Matches(value)}, by the inverse {matcher.Inverse().Matches(value)}"));
    }

    private static CaseDifference? Validity(JsonElement @case)
    {
        NameScheme scheme = @case.Text("scheme") switch
        {
            "legacy" => NameScheme.Legacy,
            "utf8" => NameScheme.Utf8,
            string other => throw new InvalidDataException($"scheme {other}"),
        };
        bool isValid = @case.GetProperty("labels").EnumerateArray().All(label => IsValid(label, scheme));
        return CaseDifference.Between(Judgement(@case.GetProperty("ok").GetBoolean()), Judgement(isValid));
    }

    private static string Judgement(bool isValid) => isValid ? "valid" : "invalid";

    private static bool IsValid(JsonElement label, NameScheme scheme)
    {
        byte[] name = label.Bytes("name");
        byte[] value = label.Bytes("value");
        return LabelNames.IsValid(name, scheme)
            && LabelNames.IsValidValue(value)
            && (!name.AsSpan().SequenceEqual("__name__"u8) || LabelNames.IsValidMetricName(value, scheme));
    }

    private static CaseDifference? Compare(JsonElement @case)
    {
        LabelSet a = @case.GetProperty("a").Labels();
        LabelSet b = @case.GetProperty("b").Labels();
        int expected = Math.Sign(@case.GetProperty("expected").GetInt32());
        return CaseDifference.Between(
            string.Create(CultureInfo.InvariantCulture, $"{expected}, the other way round {-expected}"),
            string.Create(CultureInfo.InvariantCulture, $"{Math.Sign(a.CompareTo(b))}, the other way round {Math.Sign(b.CompareTo(a))}"));
    }
}
