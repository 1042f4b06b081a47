using RemoteStore.Ruler.Templates;
using RemoteStore.Ruler.Templates.Values;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Templates;

public sealed class TemplateLanguageTests
{
    private static readonly GoStruct s_data = new(
        "struct { M map[string]string; L []int; S string; N int }",
        IsPointer: false,
        [
            new("M", GoMap.OfTexts([new("b", "2"), new("a", "1")])),
            new("L", new GoList([1L, 2L, 3L], "[]int")),
            new("S", "text"),
            new("N", 7L),
        ]);

    /// <summary>Outputs are those of Go 1.22's text/template.</summary>
    [Theory]
    [InlineData("{{.S}} {{.N}} {{.M.a}} {{.M}} {{.L}}", "text 7 1 map[a:1 b:2] [1 2 3]")]
    [InlineData("{{/* a comment */}}x{{- /* trimmed */ -}}  y", "xy")]
    [InlineData("{{range $k, $v := .M}}{{$k}}{{$v}},{{end}}", "a1,b2,")]
    [InlineData("{{range $i, $e := .L}}{{if $i}}-{{end}}{{$e}}{{end}}", "1-2-3")]
    [InlineData("{{range .L}}{{if eq . 2}}{{continue}}{{end}}{{.}}{{end}}", "13")]
    [InlineData("{{range .L}}{{if eq . 2}}{{break}}{{end}}{{.}}{{end}}", "1")]
    [InlineData("{{range 3}}{{.}}{{end}}", "012")]
    [InlineData("{{range .M.none}}x{{else}}none{{end}}", "error: template: t:1:10: executing \"t\" at <.M.none>: range can't iterate over ")]
    [InlineData("{{range $x := .L}}{{$x}}{{end}}", "123")]
    [InlineData("{{with .S}}{{.}}{{$.N}}{{else}}no{{end}}", "text7")]
    [InlineData("{{with .M.none}}x{{else with .S}}{{.}}{{end}}", "text")]
    [InlineData("{{if and .N .S}}a{{end}}{{if or 0 \"\"}}b{{else if not .N}}c{{else}}d{{end}}", "ad")]
    [InlineData("{{and 1 0 (index .L 99)}}", "0")]
    [InlineData("{{or 1 (index .L 99)}}", "1")]
    [InlineData("{{$x := 1}}{{range .L}}{{$x = .}}{{end}}{{$x}}", "3")]
    [InlineData("{{define \"f\"}}[{{.}}]{{end}}{{template \"f\" .S}}{{block \"g\" .N}}<{{.}}>{{end}}", "[text]<7>")]
    [InlineData("{{printf \"%s-%d\" .S .N | printf \"%q\"}}", "\"text-7\"")]
    [InlineData("{{index .M \"a\"}}{{index .L 1}}{{index \"abc\" 1}}{{(index .L 0)}}", "12981")]
    [InlineData("{{len .M}}{{len .L}}{{len .S}}{{slice .S 1}}{{slice .S 1 3}}{{slice .L 1}}", "234extex[2 3]")]
    [InlineData("{{print 1 2 \"a\" \"b\" 3}}{{println 1 \"a\"}}", "1 2ab31 a\n")]
    [InlineData("{{eq .N 1 7}} {{ne .N 7}} {{lt 1 2}} {{lt \"a\" \"b\"}} {{ge 2.5 2.5}} {{gt 1 2}} {{le 1 1}}", "true false true true true false true")]
    [InlineData("{{0x10}} {{1_000}} {{'a'}} {{1e3}} {{0b11}} {{0o17}} {{.5}} {{-3}} {{+2}} {{1.0}}", "16 1000 97 1000 3 15 0.5 -3 2 1")]
    [InlineData("{{\"a\\tb\\u00e9\"}} {{`raw\\n`}}", "a\tbé raw\\n")]
    [InlineData("{{true}} {{false}} {{print nil}}", "true false <nil>")]
    [InlineData("{{(print .S).Foo}}", "error: template: t:1:9: executing \"t\" at <.S>: can't evaluate field Foo in type string")]
    [InlineData("{{.S.Foo}}", "error: template: t:1:4: executing \"t\" at <.S.Foo>: can't evaluate field Foo in type string")]
    [InlineData("{{.Nothing}}", "error: template: t:1:2: executing \"t\" at <.Nothing>: can't evaluate field Nothing in type struct { M map[string]string; L []int; S string; N int }")]
    [InlineData("a\n{{ .S.Foo }}", "error: template: t:2:5: executing \"t\" at <.S.Foo>: can't evaluate field Foo in type string")]
    [InlineData("{{index .L 5}}", "error: template: t:1:2: executing \"t\" at <index .L 5>: error calling index: index out of range: 5")]
    [InlineData("{{lt 1 \"a\"}}", "error: template: t:1:2: executing \"t\" at <lt 1 \"a\">: error calling lt: incompatible types for comparison")]
    [InlineData("{{template \"x\"}}", "error: template: t:1:11: executing \"t\" at <{{template \"x\"}}>: template \"x\" not defined")]
    [InlineData("{{toUpper 1}}", "error: template: t:1:10: executing \"t\" at <1>: expected string; found 1")]
    [InlineData("{{.N | toUpper}}", "error: template: t:1:7: executing \"t\" at <toUpper>: wrong type for value; expected string; got int")]
    [InlineData("{{nil}}", "error: template: t:1:2: executing \"t\" at <nil>: nil is not a command")]
    public async Task Expand_Template_GivesGosOutput(string text, string expected)
    {
        (string? output, string? fault) = await ExpandAsync(text, s_data);
        (output ?? "error: " + fault).ShouldBe(expected);
    }

    /// <summary>Errors are those of Go 1.22's text/template.</summary>
    [Theory]
    [InlineData("{{", "template: t:1: unclosed action")]
    [InlineData("{{.S", "template: t:1: unclosed action")]
    [InlineData("{{\n.S", "template: t:2: unclosed action started at t:1")]
    [InlineData("{{if}}x{{end}}", "template: t:1: missing value for if")]
    [InlineData("{{if .S}}x", "template: t:1: unexpected EOF")]
    [InlineData("{{end}}", "template: t:1: unexpected {{end}}")]
    [InlineData("{{else}}", "template: t:1: unexpected {{else}}")]
    [InlineData("{{break}}", "template: t:1: {{break}} outside {{range}}")]
    [InlineData("{{$x}}", "template: t:1: undefined variable \"$x\"")]
    [InlineData("{{nope 1}}", "template: t:1: function \"nope\" not defined")]
    [InlineData("{{1 | 2}}", "template: t:1: non executable command in pipeline stage 2")]
    [InlineData("{{(1}}", "template: t:1: unclosed left paren")]
    [InlineData("{{1)}}", "template: t:1: unexpected right paren")]
    [InlineData("{{\"a}}", "template: t:1: unterminated quoted string")]
    [InlineData("{{`a}}", "template: t:1: unterminated raw quoted string")]
    [InlineData("{{/* a }}", "template: t:1: unclosed comment")]
    [InlineData("{{/* a */ b}}", "template: t:1: comment ends before closing delimiter")]
    [InlineData("{{1a}}", "template: t:1: bad number syntax: \"1a\"")]
    [InlineData("{{.S!}}", "template: t:1: bad character U+0021 '!'")]
    [InlineData("{{$x, $y := .L}}", "template: t:1: too many declarations in command")]
    [InlineData("{{\"a\".B}}", "template: t:1: unexpected . after term \"\\\"a\\\"\"")]
    [InlineData("{{define \"a\"}}x{{end}}{{define \"a\"}}y{{end}}", "template: t:1: template: multiple definition of template \"a\"")]
    [InlineData("{{template a}}", "template: t:1: unexpected \"a\" in template clause")]
    [InlineData("{{range $a, 1 := .L}}{{end}}", "template: t:1: range can only initialize variables")]
    [InlineData("{{99999999999999999999}}", "template: t:1: integer overflow: \"99999999999999999999\"")]
    public void Parse_Malformed_SaysWhatGoSays(string text, string expected)
    {
        GoTemplate.TryParse("t", text, out _, out string? fault).ShouldBeFalse();
        fault.ShouldBe(expected);
    }

    /// <summary>Nothing hangs, fills memory or overflows the stack.</summary>
    [Theory]
    [InlineData("{{define \"f\"}}{{template \"f\"}}{{end}}{{template \"f\"}}", "exceeded maximum template depth")]
    [InlineData("{{range 1000000000000}}{{end}}", "steps")]
    [InlineData("{{range 100000}}0123456789abcdef{{end}}", "characters")]
    [InlineData("{{$x := \"0123456789abcdef\"}}{{range 100}}{{$x = print $x $x}}{{end}}", "characters")]
    [InlineData("{{$x := args 1}}{{range 30}}{{$x = args $x $x}}{{end}}{{print $x}}", "characters")]
    [InlineData("{{$x := args 1}}{{range 1000}}{{$x = args $x}}{{end}}{{print $x}}", "nested deeper")]
    [InlineData("{{printf \"%999999d%999999d\" 1 2}}", "characters")]
    [InlineData("{{range 5000}}{{query \"x\"}}{{end}}", "queries")]
    [InlineData("{{$x := printf \"%100000d\" 1}}{{range 1000}}{{match \"( *)*( *)*x\" $x}}{{end}}", "steps")]
    [InlineData("{{reReplaceAll \"\" (printf \"%9999d\" 1) (printf \"%9999d\" 1)}}", "characters")]
    public async Task Expand_WithoutBound_Ends(string text, string reason)
    {
        (string? output, string? fault) = await ExpandAsync(text, s_data);
        output.ShouldBeNull();
        fault!.ShouldContain(reason);
    }

    [Fact]
    public void Parse_DeepNesting_IsRefused()
    {
        GoTemplate.TryParse("t", "{{" + new string('(', 100_000) + "1" + new string(')', 100_000) + "}}", out _, out string? fault).ShouldBeFalse();
        fault.ShouldContain("nested deeper");
    }

    private static async Task<(string? Output, string? Fault)> ExpandAsync(string text, object? data)
    {
        GoTemplate.TryParse("t", text, out GoTemplate? template, out string? fault).ShouldBeTrue(fault);
        var context = new TemplateContext(0, "", static (_, _) => ValueTask.FromResult(new GoList([], GoSample.AnswerType)));
        return await template!.ExpandAsync(data, context, CancellationToken.None);
    }
}
