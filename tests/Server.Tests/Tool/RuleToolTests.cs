using RemoteStore.Testing;
using RemoteStore.Tool.Commands;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Tool;

public sealed class RuleToolTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [ConformanceTheory]
    [InlineData("unittest_1.yml", 0, "")]
    [InlineData("start_time_1.yml", 0, "")]
    [InlineData("at-modifier-test.yml", 0, "")]
    [InlineData("failing.yml", 1, "alertname: AlwaysFiring, time: 5m")]
    [InlineData("bad-input-series.yml", 1, "parse error: unexpected character inside braces: '0'")]
    [InlineData("bad-promql.yml", 1, "many-to-many matching not allowed")]
    [InlineData("rules_run_fuzzy.yml", 1, "name: wrong fuzzy match")]
    public void TestRules_ConformanceFile_HasTheVerdictOfItsTable(string file, int exitCode, string says)
    {
        Run("test", "rules", ConformanceData.PathOf("rule_tests/" + file)).ShouldBe(exitCode);

        _errors.ToString().ShouldContain(says);
        _errors.ToString().ShouldNotContain("name: correct fuzzy match");
    }

    [Fact]
    public void TestRules_WithoutInterval_SeriesHaveTheEvaluationInterval()
    {
        string file = Write("t.yml", "evaluation_interval: 30s\ntests:\n- input_series: [{series: m, values: 0 1 2}]\n  promql_expr_test: [{expr: m, eval_time: 1m, exp_samples: [{labels: m, value: 2}]}]\n");

        Run("test", "rules", file).ShouldBe(0, _errors.ToString());

        _output.ToString().ShouldBe($"Unit Testing:  {file}\n  SUCCESS\n\n");
    }

    [Fact]
    public void TestRules_Run_TakesOnlyTestsOfThatName()
    {
        string file = Write("t.yml", "tests:\n- name: good\n  promql_expr_test: [{expr: '1', exp_samples: [{value: 1}]}]\n- name: bad\n  promql_expr_test: [{expr: '1', exp_samples: [{value: 2}]}]\n");

        Run("test", "rules", "--run", "go+d", file).ShouldBe(0);
        Run("test", "rules", "--run", "bad", file).ShouldBe(1);
        Run("test", "rules", "--run", "(", file).ShouldBe(1);
    }

    [Fact]
    public void TestRules_NewerFields_StartTimeHistogramsAndOffsets()
    {
        Write("r.yml", "groups:\n- name: g\n  query_offset: 1m\n  labels: {team: a}\n  rules:\n  - record: r\n    expr: m\n  - alert: Late\n    expr: m > 0\n    labels: {own: b}\n");
        string file = Write("t.yml", """
            rule_files: [r.yml]
            tests:
            - interval: 1m
              start_timestamp: 1700000000
              input_series:
              - {series: m, values: 0 1 2 3}
              - {series: h, values: '{{schema:0 count:3 sum:5 buckets:[1 2]}}x3'}
              promql_expr_test:
              - {expr: r, eval_time: 3m, exp_samples: [{labels: 'r{team="a"}', value: 2}]}
              - {expr: timestamp(r), eval_time: 3m, exp_samples: [{labels: '{team="a"}', value: 1700000120}]}
              - {expr: h, eval_time: 1m, exp_samples: [{labels: h, histogram: '{{count:3 sum:5 counter_reset_hint:not_reset buckets:[1 2]}}'}]}
              alert_rule_test:
              - {eval_time: 1m, alertname: Late}
              - {eval_time: 2m, alertname: Late, exp_alerts: [{exp_labels: {team: a, own: b}}]}
            """);

        Run("test", "rules", file).ShouldBe(0, _errors.ToString());
    }

    [Fact]
    public void CheckRules_GoodAndBadFiles_CountsRulesOrTellsAllFaults()
    {
        string good = Write("good.yml", "groups:\n- name: g\n  rules:\n  - {record: a, expr: '1'}\n  - {alert: B, expr: '1'}\n");
        string bad = Write("bad.yml", "groups:\n- name: g\n  rules:\n  - {record: a, expr: 'sum('}\n  - {alert: B, expr: '1', for: 5x}\n");

        Run("check", "rules", good).ShouldBe(0);
        Run("check", "rules", good, bad).ShouldBe(1);

        _output.ToString().ShouldBe($"Checking {good}\n  SUCCESS: 2 rules found\n\nChecking {good}\n  SUCCESS: 2 rules found\n\nChecking {bad}\n\n");
        _errors.ToString().ShouldBe(
            $"  FAILED:\n{bad}: 4:23: group \"g\", rule 1, \"a\": could not parse expression: 1:5: parse error: unclosed left parenthesis\n"
            + $"{bad}: 5:32: group \"g\", rule 2, \"B\": not a valid duration string: \"5x\"\n");
    }

    [Fact]
    public void CheckRules_Duplicates_AreBadStyleThatIsFatalOnDemand()
    {
        string file = Write("r.yml", "groups:\n- name: g\n  rules:\n  - {record: a, expr: '1', labels: {b: c}}\n  - {record: a, expr: '2', labels: {b: c}}\n");

        Run("check", "rules", file).ShouldBe(0);
        Run("check", "rules", "--lint-fatal", file).ShouldBe(3);
        Run("check", "rules", "--lint-fatal", "--lint", "none", file).ShouldBe(0);

        _errors.ToString().ShouldContain("lint error 1 duplicate rule(s) found.\nMetric: a\nLabel(s):\n\tb: c\n");
    }

    [Fact]
    public void Backfill_ChainOfRules_WritesEachAfterThoseThatItReadsAndTheSameAgainNothing()
    {
        string data = Path.Combine(_directory, "data");
        string metrics = Write("m.txt", string.Concat(Enumerable.Range(0, 61).Select(static minute =>
            FormattableString.Invariant($"m{{i=\"a\"}} {minute} {1_700_000_000 + (minute * 60)}\n") + (minute is > 20 and < 40 ? "" : FormattableString.Invariant($"m{{i=\"b\"}} 1 {1_700_000_000 + (minute * 60)}\n"))))
            + "# EOF\n");
        Run("import", "openmetrics", metrics, "--data-dir", data).ShouldBe(0, _errors.ToString());
        string rules = Write("r.yml", "groups:\n- name: g\n  interval: 5m\n  labels: {team: t}\n  rules:\n  - {record: c, expr: b + 1}\n  - {record: b, expr: sum(a)}\n  - {record: a, expr: m * 2}\n  - {alert: X, expr: a}\n");
        string[] backfill = ["rules", "backfill", rules, "--data-dir", data, "--start", "1700000000", "--end", "1700003600"];

        Run(backfill).ShouldBe(0, _errors.ToString());
        _output.ToString().ShouldContain("3 recording rules in 3 steps of dependence: 3 blocks with ");
        Run(backfill).ShouldBe(0, _errors.ToString());
        _output.ToString().ShouldContain("0 blocks with 0 samples written for tenant anonymous, 3 blocks were there");

        string bucket = Path.Combine(data, "bucket", "anonymous");
        _output.GetStringBuilder().Clear();
        foreach (string block in Directory.GetDirectories(bucket).Where(static folder => File.Exists(Path.Combine(folder, "meta.json"))))
        {
            Run("block", "dump", block).ShouldBe(0, _errors.ToString());
        }

        string dump = _output.ToString();
        dump.Split('\n').Count(static line => line.Contains("__name__=\"c\"", StringComparison.Ordinal) || line.StartsWith("c{", StringComparison.Ordinal)).ShouldBe(12, dump);
    }

    [Fact]
    public void Backfill_Wrong_SaysWhy()
    {
        string rules = Write("r.yml", "groups:\n- name: g\n  rules:\n  - {record: a, expr: b}\n  - {record: b, expr: a}\n");
        string data = Path.Combine(_directory, "data");
        Directory.CreateDirectory(data);

        Run("rules", "backfill", rules, "--data-dir", data, "--start", "1", "--end", "9").ShouldBe(1);
        Run("rules", "backfill", rules, "--data-dir", data, "--start", "9", "--end", "1").ShouldBe(1);
        Run("rules", "backfill", rules, "--data-dir", data, "--start", "1", "--end", "9", "--interval", "0").ShouldBe(1);

        _errors.ToString().ShouldBe(
            "rstool: rules read one another in a circle: a, b\nrstool: --end is before --start\nrstool: --interval: it has to be above zero\n");
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private int Run(params string[] arguments) => ToolCommands.Create(_output, _errors).Parse(arguments).Invoke();
}
