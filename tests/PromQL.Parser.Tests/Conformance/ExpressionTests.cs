using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteStore.PromQL.Parser.Printing;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.Testing;

namespace RemoteStore.PromQL.Parser.Tests.Conformance;

public sealed class ExpressionTests
{
    private static readonly ParserOptions s_withoutFill = new() { FillModifiers = false };

    [ConformanceFact]
    public void Expressions_EveryCase_HasItsTreeOrItsFaults() => Tables.Run("parser/expressions.json", static @case =>
    {
        bool parsed = PromQLParser.TryParse(Tables.Bytes(@case), out Expr? expression, out IReadOnlyList<ParseFault>? faults, s_withoutFill);
        if (@case.GetProperty("ok").GetBoolean())
        {
            if (!parsed)
            {
                return $"does not parse: {faults![0]}";
            }

            string wanted = AstShape.WithoutZeros(JsonNode.Parse(@case.GetProperty("ast").GetRawText()))!.ToJsonString();
            string got = AstShape.Of(expression!).ToJsonString();
            return wanted == got ? null : $"wanted {wanted}\n   got {got}";
        }

        string expected = string.Join("; ", @case.GetProperty("errors").EnumerateArray().Select(static e =>
            $"{e.GetProperty("start").GetInt32()}-{e.GetProperty("end").GetInt32()} {e.GetProperty("message").GetString()}"));
        string actual = parsed ? "it parses" : string.Join("; ", faults!.Select(static f => $"{f.Position.Start}-{f.Position.End} {f.Message}"));
        return expected == actual ? null : $"wanted {expected}\n   got {actual}";
    });

    [ConformanceFact]
    public void Selectors_EveryCase_AreFoundInOrder() => Tables.Run("parser/extract_selectors.json", static @case =>
    {
        PromQLParser.TryParse(@case.GetProperty("input").GetString()!, out Expr? expression, out IReadOnlyList<ParseFault>? faults).ShouldBeTrue(faults?[0].ToString());
        string got = string.Join(' ', PromQLParser.Selectors(expression!).Select(static s => $"{{{string.Join(", ", s.Matchers)}}}"));
        string wanted = string.Join(' ', @case.GetProperty("selectors").EnumerateArray().Select(static s => s.GetString()));
        return wanted == got ? null : $"wanted {wanted}\n   got {got}";
    });

    [ConformanceFact]
    public void Printer_EveryCase_HasItsText() => Tables.Run("parser/printer.json", static @case =>
        Compare(@case, static e => e.ToString()));

    [ConformanceFact]
    public void Prettifier_EveryCase_HasItsText() => Tables.Run("parser/prettier.json", static @case =>
        Compare(@case, static e => Prettifier.Print(e, lineLimit: 10)));

    private static string? Compare(JsonElement @case, Func<Expr, string> print)
    {
        if (!PromQLParser.TryParse(@case.GetProperty("input").GetString()!, out Expr? expression, out IReadOnlyList<ParseFault>? faults))
        {
            return $"does not parse: {faults[0]}";
        }

        string wanted = @case.GetProperty("expected").GetString()!;
        string got = print(expression);
        return wanted == got ? null : $"wanted\n{wanted}\n   got\n{got}";
    }
}
