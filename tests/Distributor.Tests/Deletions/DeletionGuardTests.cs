using CsCheck;
using RemoteStore.Distributor.Deletions;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Model.Writes;
using RemoteStore.Storage;
using RemoteStore.Storage.Appending;
using RemoteStore.Storage.Deleting;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Distributor.Tests.Deletions;

public sealed class DeletionGuardTests
{
    private static readonly byte[] s_histogram = HistogramPayload.Encode(new NativeHistogram { IntegerCount = 2, IntegerZeroCount = 2 });

    [Fact]
    public void AnyBatch_LosesWhatIsDeletedAndNothingElse() => Gen.Int.Sample(static seed =>
    {
        var random = new Random(seed);
        var deletions = new SeriesDeletions([new([new(Model.Labels.MatchType.Equal, "a", "1")], new(random.Next(50), random.Next(100)))]);
        var inner = new Recorder();
        var batch = new BatchBuilder();
        var expected = new List<string>();
        int refused = 0;
        for (int s = 0; s < 4; s++)
        {
            LabelSet labels = LabelSet.From("__name__", "m" + s, "a", (s % 2).ToString(System.Globalization.CultureInfo.InvariantCulture));
            for (int i = random.Next(5); i > 0; i--)
            {
                long time = random.Next(100);
                bool histogram = random.Next(3) == 0;
                _ = histogram ? batch.AddHistogram(labels, time, s_histogram) : batch.AddBits(labels, time, i, random.Next(2));
                bool gone = s % 2 == 1 && !deletions.IsEmpty && KeptSamples.Covers([deletions.All[0].Range], new(time, time));
                refused += gone ? 1 : 0;
                if (!gone)
                {
                    expected.Add($"{labels} {time} {(histogram ? "h" : i)}");
                }
            }
        }

        AppendResult result = new DeletionGuard(inner, new Fixed(deletions), LabelLimits.Default)
            .AppendAsync(TenantId.Anonymous, batch.Build(), CancellationToken.None).AsTask().GetAwaiter().GetResult();

        inner.Samples.Order(StringComparer.Ordinal).ShouldBe(expected.Order(StringComparer.Ordinal));
        result.Rejects.Count(AppendStatus.SeriesDeleted).ShouldBe(refused);
        (result.Rejects.Details.Count > 0).ShouldBe(refused > 0);
    });

    [Fact]
    public async Task DeletionsUnknown_WritesGoOn()
    {
        var inner = new Recorder();
        WriteBatch batch = new BatchBuilder().AddBits(LabelSet.From("__name__", "m"), 1, 2).Build();

        await new DeletionGuard(inner, new Fixed(null), LabelLimits.Default).AppendAsync(TenantId.Anonymous, batch, CancellationToken.None);

        inner.Samples.Count.ShouldBe(1);
    }

    private sealed class Fixed(SeriesDeletions? deletions) : IPendingDeletions
    {
        public ValueTask<SeriesDeletions> GetAsync(TenantId tenant, CancellationToken cancellationToken) =>
            deletions is null ? throw new StorageUnavailableException("down") : new(deletions);
    }

    private sealed class Recorder : IAppender
    {
        public List<string> Samples { get; } = [];

        public ValueTask<AppendResult> AppendAsync(TenantId tenant, WriteBatch batch, CancellationToken cancellationToken)
        {
            foreach (WriteSeries series in batch.Series)
            {
                string labels = new LabelSet(batch.Slice(series.LabelsOffset, series.LabelsLength).ToArray()).ToString();
                for (int i = series.SampleStart; i < series.SampleStart + series.SampleCount; i++)
                {
                    Samples.Add($"{labels} {batch.Timestamps[i]} {batch.ValueBits[i]}");
                }

                foreach (WriteHistogram histogram in batch.Histograms.GetRange(series.HistogramStart, series.HistogramCount))
                {
                    batch.Slice(histogram.PayloadOffset, histogram.PayloadLength).SequenceEqual(s_histogram).ShouldBeTrue();
                    Samples.Add($"{labels} {histogram.TimestampMs} h");
                }
            }

            return new(new AppendResult());
        }
    }
}
