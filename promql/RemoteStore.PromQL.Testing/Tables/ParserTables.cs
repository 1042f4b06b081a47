using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Printing;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>Tables of expressions: trees and faults, selectors, canonical text, formatted text.</summary>
internal static class ParserTables
{
    private const int UsualLineLimit = 100;

    private static readonly ParserOptions s_withoutFill = new() { FillModifiers = false }; // the table is of a parser without them

    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = 1_000 };

    public static IReadOnlyList<CaseTable> All { get; } =
    [
        CaseTable.Of("expressions", ["ast", "errors"], Expression),
        CaseTable.Of("extract_selectors", ["selectors"], Selectors),
        new CaseTable("prettier", ["expected"], Pretty, "ormatting"),
        CaseTable.Of("printer", ["expected"], static @case => Print(@case, static expression => expression.ToString()), "text of a parsed expression"),
    ];

    private static CaseDifference? Expression(JsonElement @case)
    {
        bool parsed = PromQLParser.TryParse(@case.Bytes("input"), out Expr? expression, out IReadOnlyList<ParseFault>? faults, s_withoutFill);
        string actual = parsed ? AstShape.Of(expression!).ToJsonString() : Faults(faults!.Select(static f => (f.Position.Start, f.Position.End, f.Message)));
        string expected = @case.GetProperty("ok").GetBoolean()
            ? AstShape.WithoutZeros(JsonNode.Parse(@case.GetProperty("ast").GetRawText(), documentOptions: s_deep))!.ToJsonString()
            : Faults(@case.GetProperty("errors").EnumerateArray().Select(static e => (e.GetProperty("start").GetInt32(), e.GetProperty("end").GetInt32(), e.Text("message"))));
        return CaseDifference.Between(expected, actual);
    }

    private static string Faults(IEnumerable<(int Start, int End, string Message)> faults) =>
        string.Join("; ", faults.Select(static f => $"{f.Start}-{f.End} {f.Message}"));

    private static CaseDifference? Selectors(JsonElement @case) => CaseDifference.Between(
        string.Join(' ', @case.GetProperty("selectors").EnumerateArray().Select(static s => s.GetString())),
        PromQLParser.TryParse(@case.Bytes("input"), out Expr? expression, out IReadOnlyList<ParseFault>? faults)
            ? string.Join(' ', PromQLParser.Selectors(expression).Select(static s => $"{{{string.Join(", ", s.Matchers)}}}"))
            : faults[0].ToString());

    private static ValueTask<CaseDifference?> Pretty(JsonElement @case, JsonElement table, CancellationToken cancellationToken)
    {
        int limit = table.TryGetProperty("max_line", out JsonElement line) ? line.GetInt32() : UsualLineLimit;
        return ValueTask.FromResult(Print(@case, expression => Prettifier.Print(expression, limit)));
    }

    private static CaseDifference? Print(JsonElement @case, Func<Expr, string> print) => CaseDifference.Between(
        @case.Text("expected"),
        PromQLParser.TryParse(@case.Bytes("input"), out Expr? expression, out IReadOnlyList<ParseFault>? faults) ? print(expression) : faults[0].ToString());
}
