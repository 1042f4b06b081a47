using RemoteStore.Tool.Commands;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Tool;

public sealed class TestToolTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void TestPromql_PassingScript_CountsEvaluationsAndExitsZero()
    {
        string file = Write("a.test", "load 1m\n  m 1 2\n\neval instant at 1m m\n  m 2\n\neval instant at 1m m * 2\n  {} 4\n");

        Run("test", "promql", file).ShouldBe(0);

        _output.ToString().ShouldBe("2 passed, 0 failed\n");
    }

    [Fact]
    public void TestPromql_WrongValue_ShowsPlaceQueryAndBothValuesAndExitsOne()
    {
        string file = Write("a.test", "load 1m\n  m 1 2\n\neval instant at 1m m\n  m 3\n\neval instant at 1m m\n  m 2\n");

        Run("test", "promql", file).ShouldBe(1);

        _output.ToString().ShouldBe($"{file}:4: m\n  {{__name__=\"m\"}}: expected 3, got 2\n1 passed, 1 failed\n");
    }

    [Fact]
    public void TestPromql_Malformed_SaysWhereAndExitsOne()
    {
        string file = Write("a.test", "eval instant 1\n");

        Run("test", "promql", file).ShouldBe(1);

        _output.ToString().ShouldStartWith($"{file}: line 1: invalid evaluation command");
        _output.ToString().ShouldEndWith("0 passed, 1 failed\n");
    }

    [Fact]
    public void TestPromql_WithoutDelayedNameRemoval_DropsNamesAtOnce()
    {
        string file = Write("a.test", "load 1m\n  m 1\n\neval instant at 0 label_replace(-m, \"was\", \"$1\", \"__name__\", \"(.*)\")\n  {} -1\n");

        Run("test", "promql", "--no-delayed-name-removal", file).ShouldBe(0);
        Run("test", "promql", file).ShouldBe(1);
    }

    [Theory]
    [InlineData("parser", """{"cases":[{"input":"a  +  b","expected":"a + b"},{"input":"1","expected":"2"}]}""", "1\n  expected 2\n  got      1\n")]
    [InlineData("labels", """{"cases":[{"op":"=","pattern":"a","value":"a","match":true},{"op":"=","pattern":"a","value":"b","match":true}]}""", "  expected match True, by the inverse False\n  got      match False, by the inverse True\n")]
    public void TestTables_OneOfTwoCasesFails_ShowsItAndExitsOne(string group, string json, string expected)
    {
        string file = Write(group == "parser" ? "printer.json" : "matcher.json", json);

        Run("test", group, file).ShouldBe(1);

        _output.ToString().ShouldContain(expected);
        _output.ToString().ShouldEndWith("1 passed, 1 failed\n");
    }

    [Fact]
    public void TestTables_MissingFile_CountsAsFailed()
    {
        Run("test", "engine", Path.Combine(_directory, "none.json")).ShouldBe(1);

        _errors.ToString().ShouldContain("none.json");
        _output.ToString().ShouldBe("0 passed, 1 failed\n");
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private int Run(params string[] arguments) => ToolCommands.Create(_output, _errors).Parse(arguments).Invoke();
}
