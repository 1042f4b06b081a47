using System.Text.Json;

namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>
/// Runs tables of cases in JSON: <c>{"description": …, "cases": [{…}, …]}</c>. Which table a file is says its name, or else the members of its cases.
/// </summary>
public static class CaseTables
{
    private static readonly JsonDocumentOptions s_json = new() { MaxDepth = 1_000 };

    private static readonly Dictionary<string, IReadOnlyList<CaseTable>> s_groups = new(StringComparer.Ordinal)
    {
        ["parser"] = [.. ParserTables.All, .. SeriesTables.All],
        ["labels"] = LabelTables.All,
        ["histograms"] = [.. HistogramTables.All, .. HistogramChecks.All],
        ["engine"] = EngineTables.All,
        ["promql"] = RunnerTables.All,
    };

    /// <summary>The groups of tables: a group is a folder of files.</summary>
    public static IReadOnlyCollection<string> Groups => s_groups.Keys;

    /// <summary>Runs a table.</summary>
    /// <param name="group">One of <see cref="Groups"/>.</param>
    /// <param name="fileName">Name of its file; folders and extension do not matter.</param>
    /// <param name="json">The table.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    public static async Task<TableResult> RunAsync(string group, string fileName, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        IReadOnlyList<CaseTable> tables = s_groups[group];
        string name = Path.GetFileNameWithoutExtension(fileName);
        try
        {
            using var document = JsonDocument.Parse(json, s_json);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("cases", out JsonElement cases) || cases.ValueKind != JsonValueKind.Array)
            {
                return new TableResult(name, 0, [], "this is no table: there is no member \"cases\" with a list");
            }

            return Find(tables, name, root, cases) is { } table
                ? await RunAsync(table, root, cases, cancellationToken).ConfigureAwait(false)
                : new TableResult(name, 0, [], $"this is none of the tables of {group}: {string.Join(", ", tables.Select(static t => t.Name))}");
        }
        catch (JsonException e)
        {
            return new TableResult(name, 0, [], $"this is no table: {e.Message}");
        }
    }

    private static async Task<TableResult> RunAsync(CaseTable table, JsonElement root, JsonElement cases, CancellationToken cancellationToken)
    {
        int passed = 0;
        var failures = new List<CaseFailure>();
        foreach (JsonElement @case in cases.EnumerateArray())
        {
            cancellationToken.ThrowIfCancellationRequested();
            CaseDifference? difference;
            try
            {
                difference = await table.Check(@case, root, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is InvalidDataException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                difference = new CaseDifference("a case of this table", $"a case that cannot be read: {e.Message}");
            }

            passed += difference is null ? 1 : 0;
            if (difference is not null)
            {
                failures.Add(new CaseFailure(NameOf(@case), difference.Expected, difference.Actual));
            }
        }

        return new TableResult(table.Name, passed, failures, passed + failures.Count == 0 ? "the table has no cases" : null);
    }

    private static CaseTable? Find(IReadOnlyList<CaseTable> tables, string name, JsonElement root, JsonElement cases)
    {
        string description = root.TryGetProperty("description", out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        return tables.FirstOrDefault(table => table.Name == name)
            ?? tables.FirstOrDefault(table => description.Contains(table.Mark, StringComparison.Ordinal) && cases.EnumerateArray().Any(
                @case => @case.ValueKind == JsonValueKind.Object && table.Members.Any(member => @case.TryGetProperty(member, out _))));
    }

    private static string NameOf(JsonElement @case)
    {
        string[] names = [.. ((string[])["group", "name", "input", "input_base64", "query", "pattern", "op", "script"]).Where(member => @case.TryGetProperty(member, out _))
            .Select(member => @case.GetProperty(member).ToString())];
        return names.Length == 0 ? @case.ToString() : string.Join(" | ", names);
    }
}
