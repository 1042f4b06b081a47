using RemoteStore.QueryFrontend.Splitting;
using Shouldly;
using Xunit;

namespace RemoteStore.QueryFrontend.Tests.Splitting;

public class AnnotationMergeTests
{
    [Fact]
    public void Add_SameTextTwice_IsKeptOnce()
    {
        var merge = new AnnotationMerge();
        merge.Add(["PromQL info: b (1:6)", "PromQL info: a (1:2)"]);
        merge.Add(["PromQL info: a (1:2)"]);

        merge.Texts.ShouldBe(["PromQL info: a (1:2)", "PromQL info: b (1:6)"]);
        merge.IsAmbiguous.ShouldBeFalse();
    }

    [Fact]
    public void Add_OnePieceAlone_KeepsItsOrder()
    {
        var merge = new AnnotationMerge();
        merge.Add([]);
        merge.Add(["b (1:6)", "a (1:2)"]);

        merge.Texts.ShouldBe(["b (1:6)", "a (1:2)"]);
    }

    [Fact]
    public void Add_OneTextAtTwoPlaces_IsAmbiguous()
    {
        var merge = new AnnotationMerge();
        merge.Add(["PromQL info: a (1:2)"]);
        merge.Add(["PromQL info: a (1:9)"]);

        merge.IsAmbiguous.ShouldBeTrue();
    }

    [Fact]
    public void Add_TwoReportsWithNumbers_AreAmbiguous()
    {
        var merge = new AnnotationMerge();
        merge.Add(["PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://x), from buckets 1 to 2, over 3 samples (1:2)"]);
        merge.IsAmbiguous.ShouldBeFalse();
        merge.Add(["PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://x), from buckets 1 to 2, over 4 samples (1:2)"]);

        merge.IsAmbiguous.ShouldBeTrue();
    }
}
