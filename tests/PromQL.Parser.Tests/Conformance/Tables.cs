using System.Text;
using System.Text.Json;
using RemoteStore.Testing;

namespace RemoteStore.PromQL.Parser.Tests.Conformance;

/// <summary>Runs every case of a table and tells each that fails.</summary>
internal static class Tables
{
    /// <summary>Runs a table; <paramref name="check"/> returns what is wrong with a case, or null.</summary>
    public static void Run(string table, Func<JsonElement, string?> check)
    {
        IReadOnlyList<JsonElement> cases = ConformanceData.Cases(table);
        var failures = new StringBuilder();
        int failed = 0;
        foreach (JsonElement @case in cases)
        {
            if (check(@case) is { } fault)
            {
                failed++;
                _ = failures.Append('\n').Append(Input(@case)).Append('\n').Append(fault).Append('\n');
            }
        }

        cases.ShouldNotBeEmpty();
        failed.ShouldBe(0, $"{table}: {cases.Count - failed} passed, {failed} failed{failures}");
    }

    /// <summary>The input of a case as bytes.</summary>
    public static byte[] Bytes(JsonElement @case) => @case.TryGetProperty("input_base64", out JsonElement base64)
        ? base64.GetBytesFromBase64()
        : Encoding.UTF8.GetBytes(@case.GetProperty("input").GetString()!);

    private static string Input(JsonElement @case) => @case.TryGetProperty("input", out JsonElement input) ? input.GetString()!
        : @case.TryGetProperty("name", out JsonElement name) ? name.GetString()!
        : @case.ToString();
}
