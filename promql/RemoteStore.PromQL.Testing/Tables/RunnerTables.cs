using System.Text.Json;

namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>Tables that test the runner of scripts itself.</summary>
internal static class RunnerTables
{
    public static IReadOnlyList<CaseTable> All { get; } =
    [
        new CaseTable("runner_selftest", ["script"], static (@case, _, cancellationToken) => Script(@case, cancellationToken)),
        CaseTable.Of("st_sequence", ["offsets_ms"], Sequence),
    ];

    private static async ValueTask<CaseDifference?> Script(JsonElement @case, CancellationToken cancellationToken)
    {
        ScriptResult result = await new ScriptRunner().RunAsync(@case.Text("script"), cancellationToken).ConfigureAwait(false);
        string actual = result.IsSuccess ? "the script passes" : result.Error ?? string.Join("; ", result.Failures.Select(static f => $"{f.Query}: {f.Message}"));
        return CaseDifference.Unless(
            result.IsSuccess == @case.GetProperty("ok").GetBoolean(),
            @case.GetProperty("ok").GetBoolean() ? "the script passes" : @case.TryGetProperty("prometheus_error", out JsonElement error) ? $"{error}" : "the script fails",
            actual);
    }

    private static CaseDifference? Sequence(JsonElement @case)
    {
        string actual;
        try
        {
            actual = Spell(StartSequence.Expand(@case.Text("input"), 1));
        }
        catch (ScriptException e)
        {
            return @case.GetProperty("ok").GetBoolean() ? new CaseDifference("a sequence", e.Message) : null;
        }

        return @case.GetProperty("ok").GetBoolean()
            ? CaseDifference.Between(
                Spell(@case.GetProperty("offsets_ms").EnumerateArray().Select(static v => v.ValueKind == JsonValueKind.Null ? (long?)null : v.GetInt64())), actual)
            : new CaseDifference("an error", actual);
    }

    private static string Spell(IEnumerable<long?> offsets) => string.Join(' ', offsets.Select(static offset => offset is { } ms ? $"{ms}ms" : "_"));
}
