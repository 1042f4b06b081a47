using CsCheck;
using RemoteStore.Ruler.Templates;
using RemoteStore.Ruler.Templates.Values;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Templates;

public sealed class RegexFindTests
{
    /// <summary>Results are those of Go's regexp package.</summary>
    [Theory]
    [InlineData("a+", "<$0>", "baaac", "b<aaa>c")]
    [InlineData("x*", "-", "abc", "-a-b-c-")]
    [InlineData("a*", "-", "baac", "-b-c-")]
    [InlineData("(a)(b)?", "[$1|$2]", "ab a", "[a|b] [a|]")]
    [InlineData("^a", "X", "aaa", "Xaa")]
    [InlineData("a$", "X", "aaa", "aaX")]
    [InlineData("\\ba", "X", "aa a", "Xa X")]
    [InlineData("a.b", "X", "a\nb", "a\nb")]
    [InlineData("(?s)a.b", "X", "a\nb", "X")]
    [InlineData("(?P<host>[^:]+):(?P<port>\\d+)", "${port}/${host}", "web:80", "80/web")]
    [InlineData("a|ab", "X", "ab", "Xb")]
    [InlineData("ab|a", "X", "ab", "X")]
    [InlineData("é", "e", "éé", "ee")]
    [InlineData("", "-", "é", "-é-")]
    public async Task ReReplaceAll_Pattern_ReplacesAsGo(string pattern, string replacement, string text, string expected) =>
        (await ExpandAsync("{{reReplaceAll .P .R .T}}", pattern, replacement, text)).ShouldBe(expected);

    [Fact]
    public void Match_Literal_IsContainment() =>
        Gen.Select(Gen.String[Gen.Char['a', 'b'], 0, 3], Gen.String[Gen.Char['a', 'c'], 0, 8]).Sample(static (pattern, text) =>
            ExpandAsync("{{match .P .T}}", pattern, "", text).AsTask().GetAwaiter().GetResult().ShouldBe(text.Contains(pattern, StringComparison.Ordinal) ? "true" : "false"));

    private static async ValueTask<string?> ExpandAsync(string template, string pattern, string replacement, string text)
    {
        GoTemplate.TryParse("t", template, out GoTemplate? parsed, out _).ShouldBeTrue();
        var data = new GoStruct("struct", IsPointer: false, [new("P", pattern), new("R", replacement), new("T", text)]);
        (string? output, string? fault) = await parsed!.ExpandAsync(data, new TemplateContext(0, "", static (_, _) => throw new InvalidOperationException("no queries here")), CancellationToken.None);
        fault.ShouldBeNull();
        return output;
    }
}
