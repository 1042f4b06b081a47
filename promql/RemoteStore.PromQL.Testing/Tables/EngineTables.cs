using System.Text.Json;
using RemoteStore.Model;
using RemoteStore.PromQL.Results;

namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>Tables of queries over loaded series: results with exact timestamps, and exact annotations.</summary>
internal static class EngineTables
{
    public static IReadOnlyList<CaseTable> All { get; } =
    [
        new CaseTable("engine", ["start_ms"], static (@case, _, cancellationToken) => Engine(@case, cancellationToken)),
        new CaseTable("annotations", ["at_ms"], static (@case, _, cancellationToken) => Annotations(@case, cancellationToken)),
    ];

    private static async ValueTask<CaseDifference?> Engine(JsonElement @case, CancellationToken cancellationToken)
    {
        TestStorage storage = Load(@case);
        long start = @case.GetProperty("start_ms").GetInt64();
        QueryRequest request = @case.TryGetProperty("end_ms", out JsonElement end)
            ? new QueryRequest(@case.Text("query"), start, end.GetInt64(), @case.GetProperty("step_ms").GetInt64())
            : QueryRequest.Instant(@case.Text("query"), start);
        (QueryResult? result, string? error) = await QueryAsync(storage, request, ScriptRunner.ScriptOptions, cancellationToken).ConfigureAwait(false);
        if (!@case.GetProperty("ok").GetBoolean())
        {
            return result is null ? null : new CaseDifference("an error", ExpectedResult.Spell(result));
        }

        JsonElement expected = @case.GetProperty("expected");
        return result is null ? new CaseDifference(ExpectedResult.Spell(expected), error!) : ExpectedResult.Compare(expected, result);
    }

    private static async ValueTask<CaseDifference?> Annotations(JsonElement @case, CancellationToken cancellationToken)
    {
        TestStorage storage = Load(@case);
        EngineOptions options = ScriptRunner.ScriptOptions with { TypeAndUnitLabels = @case.Flag("type_and_unit_labels") };
        var request = QueryRequest.Instant(@case.Text("query"), @case.GetProperty("at_ms").GetInt64());
        (QueryResult? result, string? error) = await QueryAsync(storage, request, options, cancellationToken).ConfigureAwait(false);
        string expected = Spell(Texts(@case, "warnings"), Texts(@case, "infos"));
        return CaseDifference.Between(expected, result is null ? error! : Spell(result.Warnings, result.Infos));
    }

    private static TestStorage Load(JsonElement @case)
    {
        var storage = new TestStorage();
        string script = @case.Text("load").Replace("\nload", "\n\nload", StringComparison.Ordinal); // tables leave out the empty line between two blocks
        foreach (Command command in ScriptParser.Parse(script))
        {
            ScriptLoader.Apply(command, storage);
        }

        if (@case.TryGetProperty("extra_data", out JsonElement words))
        {
            ExtraSamples.Add(words.GetString()!, storage);
        }

        return storage;
    }

    private static async ValueTask<(QueryResult? Result, string? Error)> QueryAsync(
        TestStorage storage, QueryRequest request, EngineOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var engine = new QueryEngine(options, TimeProvider.System);
            return (await engine.QueryAsync(TenantId.Anonymous, storage, request, cancellationToken).ConfigureAwait(false), null);
        }
        catch (QueryException e) when (e.Kind != QueryErrorKind.Canceled)
        {
            return (null, e.Message);
        }
    }

    private static IEnumerable<string> Texts(JsonElement @case, string name) =>
        @case.TryGetProperty(name, out JsonElement texts) ? texts.EnumerateArray().Select(static text => text.GetString()!) : [];

    private static string Spell(IEnumerable<string> warnings, IEnumerable<string> infos) =>
        string.Join("; ", [.. warnings.Order(StringComparer.Ordinal), .. infos.Order(StringComparer.Ordinal)]);
}
