using RemoteStore.PromQL.Testing.Tables;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests;

public sealed class ConformanceTableTests
{
    [ConformanceTheory]
    [InlineData("parser", "expressions", 178)]
    [InlineData("parser", "extract_selectors", 3)]
    [InlineData("parser", "histogram_series", 13)]
    [InlineData("parser", "histogram_to_text", 2)]
    [InlineData("parser", "prettier", 34)]
    [InlineData("parser", "printer", 46)]
    [InlineData("parser", "series_desc", 15)]
    [InlineData("labels", "regexp", 35)]
    [InlineData("labels", "matcher", 7)]
    [InlineData("labels", "validity", 7)]
    [InlineData("labels", "compare", 5)]
    [InlineData("histograms", "add", 12)]
    [InlineData("histograms", "sub", 3)]
    [InlineData("histograms", "mul", 5)]
    [InlineData("histograms", "div", 4)]
    [InlineData("histograms", "compact", 12)]
    [InlineData("histograms", "copy_to_schema", 2)]
    [InlineData("histograms", "detect_reset", 21)]
    [InlineData("histograms", "bucket_quantile", 3)]
    [InlineData("histograms", "validate", 15)]
    [InlineData("engine", "engine", 31)]
    [InlineData("engine", "annotations", 12)]
    [InlineData("promql", "runner_selftest", 98)]
    [InlineData("promql", "st_sequence", 13)]
    public async Task Table_OfTheReferenceEngine_PassesWhole(string group, string table, int cases)
    {
        byte[] json = await File.ReadAllBytesAsync(ConformanceData.PathOf($"{(group == "promql" ? "promqltest_runner" : group)}/{table}.json"));
        TableResult result = await CaseTables.RunAsync(group, table, json, CancellationToken.None);
        Describe(result).ShouldBeEmpty();
        result.Passed.ShouldBe(cases);

        // A table is known by its content too, whatever its file is called.
        TableResult renamed = await CaseTables.RunAsync(group, "renamed", json, CancellationToken.None);
        renamed.Table.ShouldBe(table);
        renamed.Passed.ShouldBe(cases);
    }

    [Theory]
    [InlineData("engine", """{"cases":[{"load":"load 1m\n m 1","query":"m","start_ms":0,"ok":true,"expected":{"type":"vector","result":[{"metric":{"__name__":"m"},"t":0,"value":2}]}}]}""", "2@0", "1@0")]
    [InlineData("parser", """{"description":"Canonical one-line text of a parsed expression.","cases":[{"input":"a+b","expected":"a+b"}]}""", "a+b", "a + b")]
    [InlineData("parser", """{"cases":[{"input":"a+","ok":true,"ast":{"type":"BinaryExpr"}}]}""", "BinaryExpr", "unexpected end of input")]
    [InlineData("labels", """{"cases":[{"pattern":"a.c","matches":["abd"],"no_match":[]}]}""", "matches: abd", "does not match")]
    [InlineData("histograms", """{"cases":[{"in":{"Count":1},"scale":2,"expected":{"Count":3}}]}""", "count:3", "count:2")]
    [InlineData("promql", """{"cases":[{"name":"x","script":"eval instant at 0 1\n 2\n","ok":true}]}""", "the script passes", "expected scalar 2, got 1")]
    public async Task Table_WithAWrongCase_TellsWhatWasExpectedAndWhatCame(string group, string json, string expected, string actual)
    {
        TableResult result = await CaseTables.RunAsync(group, "cases.json", System.Text.Encoding.UTF8.GetBytes(json), CancellationToken.None);
        result.IsSuccess.ShouldBeFalse();
        CaseFailure failure = result.Failures.ShouldHaveSingleItem();
        failure.Expected.ShouldContain(expected);
        failure.Actual.ShouldContain(actual);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{\"cases\":{}}")]
    [InlineData("{\"cases\":[]}")]
    [InlineData("{\"cases\":[1]}")]
    [InlineData("{\"cases\":[{\"unknown\":1}]}")]
    public async Task Table_ThatIsNone_IsAnError(string json) =>
        (await CaseTables.RunAsync("parser", "x.json", System.Text.Encoding.UTF8.GetBytes(json), CancellationToken.None)).Error.ShouldNotBeNull();

    private static string Describe(TableResult result) =>
        result.Error + string.Join('\n', result.Failures.Select(static failure => $"{failure.Case}\n  expected {failure.Expected}\n  got      {failure.Actual}"));
}
