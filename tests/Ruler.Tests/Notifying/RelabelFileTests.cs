using RemoteStore.Model.Relabeling;
using RemoteStore.Ruler.Notifying;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Notifying;

public sealed class RelabelFileTests
{
    private const string Rules = """
        - source_labels: [a, "b"]
          separator: '-'
          regex: (.+)
          target_label: c
          replacement: x$1
        - {action: HashMod, source_labels: [a], modulus: 8, target_label: shard}

        """;

    [Theory]
    [InlineData("")]
    [InlineData("alert_relabel_configs:\n")]
    public void Parse_ListOrSection_GivesTheRules(string heading)
    {
        RelabelFile.TryParse(heading + Rules, "r.yml", out IReadOnlyList<RelabelConfig> rules, out string? fault).ShouldBeTrue(fault);

        rules.Count.ShouldBe(2);
        rules[0].SourceLabels.ShouldBe(["a", "b"]);
        (rules[0] with { SourceLabels = [] }).ShouldBe(new RelabelConfig { SourceLabels = rules[0].SourceLabels, Separator = "-", Regex = "(.+)", TargetLabel = "c", Replacement = "x$1" } with { SourceLabels = [] });
        rules[1].Action.ShouldBe(RelabelAction.HashMod);
        rules[1].Modulus.ShouldBe(8UL);
    }

    [Theory]
    [InlineData("- {target_label: a, colour: red}", "r.yml:1: field colour not found")]
    [InlineData("- {}\n", "r.yml:1: relabel configuration for replace action requires 'target_label' value")]
    [InlineData("- action: keep\n- action: fly\n", "r.yml:2: unknown relabel action \"fly\"")]
    [InlineData("- {action: keep, action: drop}", "r.yml:1: field action already set")]
    [InlineData("- {action: hashmod, modulus: x, target_label: a}", "r.yml:1: 'x' is not a whole number")]
    [InlineData("- {action: keep, regex: '('}", "r.yml:1:")]
    [InlineData("- action: [", "r.yml:")]
    [InlineData("relabel_configs: []", "r.yml:1: field relabel_configs not found")]
    [InlineData("- {action: keep, source_labels: ['']}", "r.yml:1: \"\" is not a valid label name")]
    public void Parse_Faults_AreToldWithTheirLine(string text, string reason)
    {
        RelabelFile.TryParse(text, "r.yml", out IReadOnlyList<RelabelConfig> rules, out string? fault).ShouldBeFalse();

        rules.ShouldBeEmpty();
        fault!.ShouldStartWith(reason);
    }

    [Fact]
    public void Read_NoFile_TellsWhich()
    {
        RelabelFile.TryRead("/nowhere/r.yml", out _, out string? fault).ShouldBeFalse();

        fault!.ShouldStartWith("/nowhere/r.yml: ");
        RelabelFile.TryRead("", out IReadOnlyList<RelabelConfig> none, out _).ShouldBeTrue();
        none.ShouldBeEmpty();
    }
}
