using System.Globalization;
using RemoteStore.Ruler.Yaml;

namespace RemoteStore.Tool.Commands.Rules;

/// <summary>Reads files of unit tests, strictly.</summary>
internal static class UnitTestReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="utf8">Its text.</param>
    /// <param name="ignoreUnknownFields">True to pass over fields that are not known.</param>
    /// <param name="faults">What is wrong; empty when nothing is.</param>
    public static UnitTestFile Read(ReadOnlySpan<byte> utf8, bool ignoreUnknownFields, out IReadOnlyList<YamlFault> faults)
    {
        if (!YamlTree.TryRead(utf8, out YamlValue? root, out YamlFault? fault))
        {
            faults = [fault];
            return new UnitTestFile();
        }

        var decoder = new YamlDecoder(ignoreUnknownFields);
        var file = new UnitTestFile();
        decoder.Fields(
            root,
            "main.unitTestFile",
            ("rule_files", value => file = file with { RuleFiles = decoder.List(value, "string", decoder.Text) }),
            ("evaluation_interval", value => file = file with { EvaluationInterval = Positive(decoder.Duration(value)) ?? file.EvaluationInterval }),
            ("group_eval_order", value => file = file with { GroupOrder = decoder.List(value, "string", decoder.Text) }),
            ("fuzzy_compare", value => file = file with { FuzzyCompare = decoder.Flag(value) }),
            ("tests", value => file = file with { Tests = decoder.List(value, "main.testGroup", group => Group(decoder, group)) }));
        faults = decoder.Faults;
        return file with
        {
            Tests = [.. file.Tests.Select(test => test.Interval > TimeSpan.Zero ? test : test with { Interval = file.EvaluationInterval })],
        };
    }

    private static UnitTestGroup Group(YamlDecoder decoder, YamlValue value)
    {
        var group = new UnitTestGroup();
        decoder.Fields(
            value,
            "main.testGroup",
            ("name", one => group = group with { Name = decoder.Text(one) }),
            ("interval", one => group = group with { Interval = decoder.Duration(one) ?? TimeSpan.Zero }),
            ("start_timestamp", one => group = group with { StartMs = Time(decoder, one) }),
            ("input_series", one => group = group with { Series = decoder.List(one, "main.series", series => Series(decoder, series)) }),
            ("alert_rule_test", one => group = group with { AlertTests = decoder.List(one, "main.alertTestCase", test => Alert(decoder, test)) }),
            ("promql_expr_test", one => group = group with { QueryTests = decoder.List(one, "main.promqlTestCase", test => Query(decoder, test)) }),
            ("external_labels", one => group = group with { ExternalLabels = Texts(decoder, one) }),
            ("external_url", one => group = group with { ExternalUrl = decoder.Text(one) }));
        return group;
    }

    private static string Series(YamlDecoder decoder, YamlValue value)
    {
        string series = "";
        string values = "";
        decoder.Fields(value, "main.series", ("series", one => series = decoder.Text(one)), ("values", one => values = decoder.Text(one)));
        return $"{series} {values}";
    }

    private static AlertTest Alert(YamlDecoder decoder, YamlValue value)
    {
        var test = new AlertTest(TimeSpan.Zero, "", []);
        decoder.Fields(
            value,
            "main.alertTestCase",
            ("eval_time", one => test = test with { Time = decoder.Duration(one) ?? TimeSpan.Zero }),
            ("alertname", one => test = test with { Name = decoder.Text(one) }),
            ("exp_alerts", one => test = test with { Alerts = decoder.List(one, "main.alert", alert => AlertText(decoder, alert)) }));
        return test;
    }

    private static AlertText AlertText(YamlDecoder decoder, YamlValue value)
    {
        var alert = new AlertText([], []);
        decoder.Fields(
            value,
            "main.alert",
            ("exp_labels", one => alert = alert with { Labels = Texts(decoder, one) }),
            ("exp_annotations", one => alert = alert with { Annotations = Texts(decoder, one) }));
        return alert;
    }

    private static QueryTest Query(YamlDecoder decoder, YamlValue value)
    {
        var test = new QueryTest("", TimeSpan.Zero, []);
        decoder.Fields(
            value,
            "main.promqlTestCase",
            ("expr", one => test = test with { Query = decoder.Text(one) }),
            ("eval_time", one => test = test with { Time = decoder.Duration(one) ?? TimeSpan.Zero }),
            ("exp_samples", one => test = test with { Samples = decoder.List(one, "main.sample", sample => Sample(decoder, sample)) }));
        return test;
    }

    private static SampleText Sample(YamlDecoder decoder, YamlValue value)
    {
        var sample = new SampleText("", 0, "");
        decoder.Fields(
            value,
            "main.sample",
            ("labels", one => sample = sample with { Labels = decoder.Text(one) }),
            ("value", one => sample = sample with { Value = decoder.Number(one) }),
            ("histogram", one => sample = sample with { Histogram = decoder.Text(one) }));
        return sample;
    }

    private static long Time(YamlDecoder decoder, YamlValue value)
    {
        string text = decoder.Text(value);
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && Math.Abs(seconds) < 9e12)
        {
            return (long)Math.Round(seconds * 1000);
        }

        if (text.Length > 0 && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            return time.ToUnixTimeMilliseconds();
        }

        decoder.Refuse(value.Position, $"cannot parse \"{text}\" to a valid timestamp");
        return 0;
    }

    private static List<KeyValuePair<string, string>> Texts(YamlDecoder decoder, YamlValue value) =>
        [.. decoder.TextMap(value).Select(static text => KeyValuePair.Create(text.Key.Text, text.Value))];

    private static TimeSpan? Positive(TimeSpan? duration) => duration > TimeSpan.Zero ? duration : null;
}
