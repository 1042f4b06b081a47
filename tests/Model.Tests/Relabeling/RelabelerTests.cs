using RemoteStore.Model.Labels;
using RemoteStore.Model.Relabeling;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Relabeling;

public sealed class RelabelerTests
{
    [Fact]
    public void Apply_NoRuleChangesAnything_GivesTheSameMemory()
    {
        LabelSet labels = LabelSet.From("__name__", "up", "job", "a");
        var relabeler = new Relabeler([new RelabelConfig { SourceLabels = ["job"], Regex = "b", TargetLabel = "job", Replacement = "c" }], NameScheme.Utf8);

        relabeler.TryApply(labels, out LabelSet result).ShouldBeTrue();

        result.Bytes.ShouldBe(labels.Bytes);
    }

    [Theory]
    [InlineData(RelabelAction.KeepEqual, "x", true)]
    [InlineData(RelabelAction.KeepEqual, "y", false)]
    [InlineData(RelabelAction.DropEqual, "x", false)]
    [InlineData(RelabelAction.DropEqual, "y", true)]
    public void Apply_Comparison_DropsAsItSays(RelabelAction action, string port, bool kept)
    {
        var relabeler = new Relabeler([new RelabelConfig { Action = action, SourceLabels = ["port"], TargetLabel = "wanted" }], NameScheme.Utf8);

        relabeler.TryApply(LabelSet.From("port", port, "wanted", "x"), out _).ShouldBe(kept);
    }

    [Fact]
    public void Apply_SeveralRules_SeeWhatEarlierOnesDid()
    {
        var relabeler = new Relabeler(
            [
                new RelabelConfig { SourceLabels = ["a", "b"], Separator = "-", TargetLabel = "c" },
                new RelabelConfig { Action = RelabelAction.Uppercase, SourceLabels = ["c"], TargetLabel = "c" },
                new RelabelConfig { Action = RelabelAction.LabelDrop, Regex = "a|b" },
                new RelabelConfig { Action = RelabelAction.Keep, SourceLabels = ["a", "c"], Regex = ";Ä-Y" },
            ],
            NameScheme.Utf8);

        relabeler.TryApply(LabelSet.From("a", "ä", "b", "y"), out LabelSet result).ShouldBeTrue();

        result.ShouldBe(LabelSet.From("c", "Ä-Y"));
    }

    [Fact]
    public void Apply_EmptyReplacement_RemovesTheTarget()
    {
        var relabeler = new Relabeler([new RelabelConfig { SourceLabels = ["none"], TargetLabel = "replica", Replacement = "" }], NameScheme.Utf8);

        relabeler.TryApply(LabelSet.From("job", "a", "replica", "1"), out LabelSet result).ShouldBeTrue();

        result.ShouldBe(LabelSet.From("job", "a"));
    }

    [Fact]
    public void Apply_MapOfSeveralLabelsToOneName_KeepsTheLast()
    {
        var relabeler = new Relabeler([new RelabelConfig { Action = RelabelAction.LabelMap, Regex = "x_.*", Replacement = "y" }], NameScheme.Utf8);

        relabeler.TryApply(LabelSet.From("x_1", "a", "x_2", "b"), out LabelSet result).ShouldBeTrue();

        result.ShouldBe(LabelSet.From("x_1", "a", "x_2", "b", "y", "b"));
    }

    [Fact]
    public void Apply_TargetThatIsNoName_ChangesNothing()
    {
        var relabeler = new Relabeler([new RelabelConfig { SourceLabels = ["a"], TargetLabel = "x$1" }], NameScheme.Legacy);

        relabeler.TryApply(LabelSet.From("a", "-"), out LabelSet result).ShouldBeTrue();

        result.ShouldBe(LabelSet.From("a", "-"));
    }

    [Theory]
    [InlineData(RelabelAction.HashMod, "requires non-zero modulus")]
    [InlineData(RelabelAction.Replace, "requires 'target_label' value")]
    [InlineData(RelabelAction.None, "cannot be empty")]
    public void Create_InvalidRule_IsRefusedWithTheReason(RelabelAction action, string reason) =>
        Should.Throw<ArgumentException>(() => new Relabeler([new RelabelConfig { Action = action }], NameScheme.Utf8)).Message.ShouldContain(reason);

    [Fact]
    public void Validate_RuleOfNamesWithMore_IsRefused() =>
        new RelabelConfig { Action = RelabelAction.LabelKeep, Regex = "a", TargetLabel = "b" }.Validate(NameScheme.Utf8)
            .ShouldBe("labelkeep action requires only 'regex', and no other fields");

    [Fact]
    public void Validate_BadExpression_IsRefused() => new RelabelConfig { Regex = "(", TargetLabel = "a" }.Validate(NameScheme.Utf8).ShouldNotBeNull();

    [Theory]
    [InlineData("labelmap", true)]
    [InlineData("LabelMap", true)]
    [InlineData("none", false)]
    [InlineData("1", false)]
    [InlineData("replace, keep", false)]
    public void Action_Text_IsReadInAnyCase(string text, bool valid) => RelabelConfig.TryParseAction(text, out _).ShouldBe(valid);
}
