using CsCheck;
using RemoteStore.PromQL.Parser.Printing;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Testing.Tables;

namespace RemoteStore.PromQL.Parser.Tests;

public sealed class RoundTripTests
{
    [Fact]
    public void Parse_PrintedTree_IsTheSameTree() => QueryGen.Any.Sample(
        static query =>
        {
            Expr first = Parse(query);
            string text = first.ToString();
            Expr second = Parse(text);
            second.ToString().ShouldBe(text, query);
            Structure(second).ShouldBe(Structure(first), $"{query}\n{text}");
        },
        iter: 5_000);

    [Fact]
    public void Parse_PrettyTree_IsTheSameTree() => Gen.Select(QueryGen.Any, Gen.Int[1, 40]).Sample(
        static (query, limit) =>
        {
            Expr first = Parse(query);
            Structure(Parse(Prettifier.Print(first, limit))).ShouldBe(Structure(first), query);
        },
        iter: 3_000);

    [Fact]
    public void Parse_GeneratedQuery_GrammarAndDiagnosisAgree() => QueryGen.Any.Sample(
        static query =>
        {
            (Expr? byGrammar, Expr? byDiagnosis) = TwoParsers.Parse(System.Text.Encoding.UTF8.GetBytes(query));
            AstShape.Of(byGrammar!).ToJsonString().ShouldBe(AstShape.Of(byDiagnosis!).ToJsonString(), query);
        },
        iter: 5_000);

    private static Expr Parse(string query)
    {
        PromQLParser.TryParse(query, out Expr? expression, out IReadOnlyList<ParseFault>? faults).ShouldBeTrue($"{query}\n{faults?[0]}");
        return expression!;
    }

    /// <summary>The tree without positions, which differ between spellings.</summary>
    private static string Structure(Expr node)
    {
        var shape = AstShape.Of(node);
        RemovePositions(shape);
        return shape.ToJsonString();
    }

    private static void RemovePositions(System.Text.Json.Nodes.JsonNode? node)
    {
        if (node is System.Text.Json.Nodes.JsonObject members)
        {
            _ = members.Remove("PosRange") | members.Remove("StartPos") | members.Remove("EndPos");
            foreach ((_, System.Text.Json.Nodes.JsonNode? value) in members)
            {
                RemovePositions(value);
            }

            if (members["LabelMatchers"] is System.Text.Json.Nodes.JsonArray matchers)
            {
                members["LabelMatchers"] = string.Join(';', matchers.Select(static m => m!.ToJsonString()).Order(StringComparer.Ordinal)); // printed in order
            }
        }
        else if (node is System.Text.Json.Nodes.JsonArray items)
        {
            foreach (System.Text.Json.Nodes.JsonNode? item in items)
            {
                RemovePositions(item);
            }
        }
    }
}
