using CsCheck;
using RemoteStore.Model.Labels;
using RemoteStore.Ruler.Evaluation;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Evaluation;

public sealed class LabelOverridesTests
{
    private static readonly string[] s_names = ["a", "b", "c", "dd", "é", "__name__"];
    private static readonly string[] s_values = ["", "x", "a longer value", "ü"];

    private static readonly Gen<Dictionary<string, string>> s_labels =
        Gen.Dictionary(Gen.Int[0, s_names.Length - 1].Select(static i => s_names[i]), Gen.Int[0, s_values.Length - 1].Select(static i => s_values[i]))[0, 6];

    [Fact]
    public void Apply_AnyLabels_IsTheUnionWhereOverridesWin() =>
        Gen.Select(s_labels, s_labels).Sample(static (labels, overrides) =>
        {
            var merged = new Dictionary<string, string>(labels);
            foreach ((string name, string value) in overrides)
            {
                merged[name] = value;
            }

            new LabelOverrides(overrides).Apply(LabelSet.FromPairs(labels)).ShouldBe(LabelSet.FromPairs(merged));
        });
}
