using RemoteStore.PromQL.Testing;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests;

public sealed class ConformanceScriptTests
{
    [ConformanceTheory]
    [InlineData("promqltest/aggregators.test")]
    [InlineData("promqltest/at_modifier.test")]
    [InlineData("promqltest/collision.test")]
    [InlineData("promqltest/duration_expression.test")]
    [InlineData("promqltest/extended_vectors.test")]
    [InlineData("promqltest/fill-modifier.test")]
    [InlineData("promqltest/functions.test")]
    [InlineData("promqltest/histograms.test")]
    [InlineData("promqltest/info.test")]
    [InlineData("promqltest/limit.test")]
    [InlineData("promqltest/literals.test")]
    [InlineData("promqltest/name_label_dropping.test")]
    [InlineData("promqltest/native_histograms.test")]
    [InlineData("promqltest/operators.test")]
    [InlineData("promqltest/range_queries.test")]
    [InlineData("promqltest/selectors.test")]
    [InlineData("promqltest/staleness.test")]
    [InlineData("promqltest/start_timestamps.test")]
    [InlineData("promqltest/subquery.test")]
    [InlineData("promqltest/trig_functions.test")]
    [InlineData("promqltest/type_and_unit.test")]
    public async Task Script_OfTheReferenceEngine_PassesWhole(string file) => await Check(file, ScriptRunner.ScriptOptions);

    [ConformanceFact]
    public async Task Script_WithoutDelayedNameRemoval_PassesWhole() =>
        await Check("promqltest_runner/delayed_name_removal_disabled.test", ScriptRunner.ScriptOptions with { DelayedNameRemoval = false });

    private static async Task Check(string file, EngineOptions options)
    {
        string text = await File.ReadAllTextAsync(ConformanceData.PathOf(file));
        ScriptResult result = await new ScriptRunner(options).RunAsync(text, CancellationToken.None);
        result.Error.ShouldBeNull();
        string.Join('\n', result.Failures.Select(static failure => $"{failure.Line}: {failure.Query}: {failure.Message}")).ShouldBeEmpty();
        result.Passed.ShouldBeGreaterThan(0);
    }
}
