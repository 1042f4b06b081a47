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

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private int Run(params string[] arguments) => ToolCommands.Create(_output, _errors).Parse(arguments).Invoke();
}
