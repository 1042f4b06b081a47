using System.Globalization;
using RemoteStore.Ruler.Files;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Files;

/// <summary>Each file of <c>Broken</c> begins with comments that say which faults it has: <c># expect LINE: TEXT</c>, where the text is how the reason begins or what it holds.</summary>
public sealed class BrokenRuleFileTests
{
    private const string Mark = "# expect ";

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Broken"), "*.yml").Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Files_AreFiftyOrMore() => Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Broken"), "*.yml").Length.ShouldBeGreaterThanOrEqualTo(50);

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_BrokenFile_TellsEveryFaultWithItsLine(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Broken", name);
        List<(int? Line, string Text)> expected = [.. File.ReadLines(path).TakeWhile(static line => line.StartsWith(Mark, StringComparison.Ordinal)).Select(Parse)];

        RuleFile read = RuleFileReader.Read(path, File.ReadAllBytes(path));

        read.Groups.ShouldBeEmpty();
        string all = string.Join('\n', read.Faults);
        read.Faults.Count.ShouldBe(expected.Count, all);
        foreach ((int? line, string text) in expected)
        {
            read.Faults.ShouldContain(
                fault => fault.File == path && fault.Position.Line == (line ?? fault.Position.Line) && fault.Position.Column > 0 && fault.Reason.Contains(text, StringComparison.Ordinal),
                $"{line}: {text} is not among\n{all}");
        }
    }

    private static (int? Line, string Text) Parse(string comment)
    {
        int colon = comment.IndexOf(": ", StringComparison.Ordinal);
        string line = comment[Mark.Length..colon];
        return (line == "any" ? null : int.Parse(line, CultureInfo.InvariantCulture), comment[(colon + 2)..].TrimEnd());
    }
}
