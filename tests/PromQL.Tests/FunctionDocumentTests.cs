using RemoteStore.PromQL.Parser.Functions;
using RemoteStore.PromQL.Parser.Syntax;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests;

/// <summary>The page of functions says what the parser knows, neither more nor less.</summary>
public sealed class FunctionDocumentTests
{
    private static readonly string[][] s_rows =
    [
        .. File.ReadAllLines(Path.Combine(SourceTree.Root, "promql", "RemoteStore.PromQL", "docs", "functions.md"))
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(static line => line.Split('|')[1..^1].Select(static cell => cell.Trim(' ', '`')).ToArray()),
    ];

    [Fact]
    public void Functions_AreThoseOfTheParserWithTheirArgumentsAndMarks() =>
        s_rows.Where(static row => row.Length == 5 && !IsAggregation(row[0])).Select(static row => $"{row[0]}({row[1]}) {row[4]}")
            .ShouldBe(FunctionTable.All.Select(static f => $"{f.Name}({Arguments(f)}) {(f.IsExperimental ? "yes" : "")}"));

    [Fact]
    public void Aggregations_AreThoseOfTheParserWithTheirParametersAndMarks() =>
        s_rows.Where(static row => IsAggregation(row[0])).Select(static row => $"{row[0]}({row[1]}) {row[4]}").ShouldBe(
            Enum.GetValues<AggregateOperator>()
                .Select(static op => $"{op.Name()}({(op == AggregateOperator.CountValues ? "string" : op.HasParameter() ? "scalar" : "–")}) {(op.IsExperimental() ? "yes" : "")}")
                .Order(StringComparer.Ordinal));

    [Fact]
    public void Operators_AreThoseOfTheParser() =>
        s_rows.Where(static row => row.Length == 3).Select(static row => row[0]).Order(StringComparer.Ordinal)
            .ShouldBe(Enum.GetValues<BinaryOperator>().Select(static op => op.Symbol()).Order(StringComparer.Ordinal));

    private static bool IsAggregation(string name) => Enum.GetValues<AggregateOperator>().Any(op => op.Name() == name);

    private static string Arguments(PromFunction function)
    {
        string[] names = [.. function.ArgumentTypes.Select(static type => type switch
        {
            ExprType.Vector => "vector",
            ExprType.Matrix => "range",
            ExprType.Scalar => "scalar",
            _ => "string",
        })];
        if (names.Length > 0 && function.Variadic != 0)
        {
            names[^1] = function.Variadic switch
            {
                1 => $"[{names[^1]}]",
                < 0 => $"[{names[^1]} …]",
                _ => $"[{names[^1]} … {function.Variadic}]",
            };
        }

        return names.Length == 0 ? "–" : string.Join(", ", names);
    }
}
