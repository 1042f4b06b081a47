using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using RemoteStore.PromQL.Parser.Printing;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Tests;

public sealed class JsonAstTests
{
    private static readonly HashSet<string> s_types = new(StringComparer.Ordinal)
    {
        "aggregation", "binaryExpr", "call", "matrixSelector", "subquery", "numberLiteral", "parenExpr", "stringLiteral", "unaryExpr", "vectorSelector",
    };

    [Theory]
    [InlineData("1.5e3", """{"type":"numberLiteral","val":"1500"}""")]
    [InlineData("-Inf", """{"type":"numberLiteral","val":"-Inf"}""")]
    [InlineData("'a\"b'", """{"type":"stringLiteral","val":"a\"b"}""")]
    [InlineData("(up)", """{"expr":{"anchored":false,"matchers":[{"name":"__name__","type":"=","value":"up"}],"name":"up","offset":0,"smoothed":false,"startOrEnd":null,"timestamp":null,"type":"vectorSelector"},"type":"parenExpr"}""")]
    [InlineData("up{a!~\"b\"}[5m] @ end() offset -1m", """{"anchored":false,"matchers":[{"name":"a","type":"!~","value":"b"},{"name":"__name__","type":"=","value":"up"}],"name":"up","offset":-60000,"range":300000,"smoothed":false,"startOrEnd":"end","timestamp":null,"type":"matrixSelector"}""")]
    [InlineData("up[5m] anchored @ 1.5", """{"anchored":true,"matchers":[{"name":"__name__","type":"=","value":"up"}],"name":"up","offset":0,"range":300000,"smoothed":false,"startOrEnd":null,"timestamp":1500,"type":"matrixSelector"}""")]
    [InlineData("-up", """{"expr":{"anchored":false,"matchers":[{"name":"__name__","type":"=","value":"up"}],"name":"up","offset":0,"smoothed":false,"startOrEnd":null,"timestamp":null,"type":"vectorSelector"},"op":"-","type":"unaryExpr"}""")]
    [InlineData("1 < bool 2", """{"bool":true,"lhs":{"type":"numberLiteral","val":"1"},"matching":null,"op":"<","rhs":{"type":"numberLiteral","val":"2"},"type":"binaryExpr"}""")]
    [InlineData("pi()", """{"args":[],"func":{"argTypes":[],"name":"pi","returnType":"scalar","variadic":0},"type":"call"}""")]
    [InlineData("round(vector(1))", """{"args":[{"args":[{"type":"numberLiteral","val":"1"}],"func":{"argTypes":["scalar"],"name":"vector","returnType":"vector","variadic":0},"type":"call"}],"func":{"argTypes":["vector","scalar"],"name":"round","returnType":"vector","variadic":1},"type":"call"}""")]
    [InlineData("vector(1)[5m:1m]", """{"expr":{"args":[{"type":"numberLiteral","val":"1"}],"func":{"argTypes":["scalar"],"name":"vector","returnType":"vector","variadic":0},"type":"call"},"offset":0,"range":300000,"startOrEnd":null,"step":60000,"timestamp":null,"type":"subquery"}""")]
    [InlineData("topk by (a) (2, vector(1))", """{"expr":{"args":[{"type":"numberLiteral","val":"1"}],"func":{"argTypes":["scalar"],"name":"vector","returnType":"vector","variadic":0},"type":"call"},"grouping":["a"],"op":"topk","param":{"type":"numberLiteral","val":"2"},"type":"aggregation","without":false}""")]
    public void Write_EachKindOfNode_HasTheMembersOfTheApi(string query, string expected) => Write(query).ShouldBe(expected);

    [Theory]
    [InlineData("a + b", "one-to-one", "{\"lhs\":null,\"rhs\":null}", "[]", "[]", false)]
    [InlineData("a * on (x) group_left (y) fill_right (2) b", "many-to-one", "{\"lhs\":null,\"rhs\":2}", "[\"y\"]", "[\"x\"]", true)]
    [InlineData("a * ignoring (x) group_right () fill (0) b", "one-to-many", "{\"lhs\":0,\"rhs\":0}", "[]", "[\"x\"]", false)]
    [InlineData("a and on () b", "many-to-many", "{\"lhs\":null,\"rhs\":null}", "[]", "[]", true)]
    public void Write_Matching_HasTheMembersOfTheApi(string query, string card, string fill, string include, string labels, bool on)
    {
        using var document = JsonDocument.Parse(Write(query));
        document.RootElement.GetProperty("matching").GetRawText()
            .ShouldBe($$"""{"card":"{{card}}","fillValues":{{fill}},"include":{{include}},"labels":{{labels}},"on":{{(on ? "true" : "false")}}}""");
    }

    [Fact]
    public void Write_GeneratedQuery_IsATreeOfKnownNodes() => QueryGen.Any.Sample(
        static query =>
        {
            using var document = JsonDocument.Parse(Write(query), new JsonDocumentOptions { MaxDepth = JsonAst.MaxDepth });
            Check(document.RootElement);
        },
        iter: 2_000);

    private static void Check(JsonElement node)
    {
        s_types.ShouldContain(node.GetProperty("type").GetString()!);
        foreach (string child in (string[])["expr", "param", "lhs", "rhs"])
        {
            if (node.TryGetProperty(child, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
            {
                Check(value);
            }
        }

        if (node.TryGetProperty("args", out JsonElement arguments))
        {
            foreach (JsonElement argument in arguments.EnumerateArray())
            {
                Check(argument);
            }
        }
    }

    private static string Write(string query)
    {
        PromQLParser.TryParse(query, out Expr? root, out IReadOnlyList<ParseFault>? faults).ShouldBeTrue(faults?[0].ToString());
        using var stream = new System.IO.MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { MaxDepth = JsonAst.MaxDepth, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            JsonAst.Write(writer, root!);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
