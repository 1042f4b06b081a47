using RemoteStore.Model;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Scheduling;
using RemoteStore.Storage;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Scheduling;

public sealed class RuleSinkTests
{
    private static readonly TenantId s_tenant = TenantId.Parse("a");

    private readonly InMemoryStore _store = new(LabelLimits.Default with { MaxLabels = 2 });

    [Fact]
    public async Task Write_FloatsMarkersAndHistograms_KeepTheirBits()
    {
        var histogram = new FloatHistogram();
        histogram.Reset(1);
        histogram.SetPositive([new HistogramSpan(2, 2)], [1.5, 2]);
        histogram.Count = 3.5;
        histogram.Sum = 7;

        RuleWriteResult result = await new RuleSink(s_tenant, _store).WriteAsync(
            [
                new RuleSample(LabelSet.From("__name__", "a"), 1000, BitConverter.DoubleToInt64Bits(0.1), null),
                new RuleSample(LabelSet.From("__name__", "b"), 1000, SampleBits.StaleMarker, null),
                new RuleSample(LabelSet.From("__name__", "h"), 1000, 0, histogram),
            ],
            CancellationToken.None);

        result.Refused.ShouldBe(0);
        (await StoredSamples.ReadAsync(_store, s_tenant, "a")).ShouldBe([(1000, BitConverter.DoubleToInt64Bits(0.1))]);
        (await StoredSamples.ReadAsync(_store, s_tenant, "b")).ShouldBe([(1000, SampleBits.StaleMarker)]);
        FloatHistogram stored = (await StoredSamples.ReadHistogramsAsync(_store, s_tenant, "h")).ShouldHaveSingleItem();
        stored.ContentEquals(histogram).ShouldBeTrue();
    }

    [Fact]
    public async Task Write_SomeAreRefused_TellsHowManyAndWhy()
    {
        var sink = new RuleSink(s_tenant, _store);
        LabelSet labels = LabelSet.From("__name__", "a");
        await sink.WriteAsync([new RuleSample(labels, 1000, 1, null)], CancellationToken.None);

        RuleWriteResult result = await sink.WriteAsync(
            [new RuleSample(LabelSet.From("__name__", "a", "b", "c", "d", "e"), 1000, 1, null), new RuleSample(labels, 2000, 2, null)], CancellationToken.None);

        result.Refused.ShouldBe(1);
        result.Reason.ShouldNotBeNullOrEmpty();
        (await StoredSamples.ReadAsync(_store, s_tenant, "a")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Write_StoreIsUnavailable_Throws()
    {
        _store.AppendFailure = new StorageUnavailableException("full disk");

        await Should.ThrowAsync<IOException>(async () =>
            await new RuleSink(s_tenant, _store).WriteAsync([new RuleSample(LabelSet.From("__name__", "a"), 1000, 1, null)], CancellationToken.None));
    }
}
