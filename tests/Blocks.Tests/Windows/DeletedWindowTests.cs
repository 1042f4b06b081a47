using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Tests.Format;
using RemoteStore.Blocks.Windows;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Blocks.Tests.Windows;

/// <summary>What is left of windows when a part of their time is deleted.</summary>
public sealed class DeletedWindowTests
{
    private static readonly BlockId s_whole = new(4, 1);
    private static readonly BlockId s_left = new(4, 2);
    private static readonly LabelMatcher s_all = new(MatchType.Regexp, "__name__", ".*");

    [Fact]
    public void Copy_AnyRange_LeavesNothingOfWhatIsDeletedAndAllThatIsKnownOfTheRest() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            SampleBuffer samples = WindowModel.Samples(random, WindowModel.Range);
            SampleBuffer windows = WindowModel.WindowsOf(samples);
            QueryRange gone = Gone(random);
            var left = new SampleBuffer();

            KeptSamples.Copy(windows, [gone], left);

            var values = new Dictionary<long, double>();
            for (int i = 0; i < samples.Count; i++)
            {
                if (!gone.Contains(samples.Timestamps[i]))
                {
                    values[samples.Timestamps[i]] = BitConverter.Int64BitsToDouble(samples.ValueBits[i]);
                }
            }

            foreach (WindowAggregate window in left.Windows)
            {
                WindowAggregate was = windows.Windows.ToArray().Single(w => w.EndMs == window.EndMs);
                window.ResolutionMs.ShouldBe(was.ResolutionMs);
                double[] kept = [.. values.Where(v => v.Key > window.StartMs && v.Key <= window.EndMs && !IsStale(v.Value)).Select(static v => v.Value)];
                window.Count.ShouldBeLessThanOrEqualTo(kept.Length);
                gone.Contains(window.StaleMs).ShouldBeFalse();
                if (window.Count > 0)
                {
                    Bits(values[window.FirstMs]).ShouldBe(Bits(window.First));
                    Bits(values[window.LastMs]).ShouldBe(Bits(window.Last));
                    kept.Select(Bits).ShouldContain(Bits(window.Min));
                    kept.Select(Bits).ShouldContain(Bits(window.Max));
                }

                if (window != was)
                {
                    gone.Overlaps(window.StartMs + 1, window.EndMs).ShouldBeTrue();
                    window.Count.ShouldBeLessThanOrEqualTo(2);
                }
            }

            foreach (WindowAggregate was in windows.Windows)
            {
                bool isThere = left.Windows.ToArray().Any(w => w.EndMs == was.EndMs && w.Count > 0);
                isThere.ShouldBe(was.Count > 0 && !(gone.Contains(was.FirstMs) && gone.Contains(was.LastMs)));
            }
        },
        iter: 300);

    [Fact]
    public void Filter_OfABlockWrittenAnew_LeavesTheSameAsInQueries() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            using var directory = new TemporaryDirectory();
            using var cache = new BlockSectionCache();
            WindowModel model = WindowModel.Build(random, WindowModel.Range);
            _ = model.WriteWindows(directory.Path, s_whole, WindowModel.Range);
            using BlockReader block = WindowModel.Open(directory.Path, s_whole, cache);
            QueryRange gone = Gone(random);
            var filter = new DeletionFilter(new SeriesDeletions([new SeriesDeletion([s_all], gone)]));
            var options = new BlockWriterOptions { Id = s_left, Tenant = WindowModel.Tenant, Range = WindowModel.Range, ResolutionMs = WindowModel.ResolutionMs };

            WindowBuild build = WindowBlockBuilder.BuildAsync(
                [new WindowInput(block, QueryRange.All)], LocalFileSystem.Instance, WindowModel.PathIn(directory.Path, s_left), options, filter, CancellationToken.None).AsTask().Completed();

            string[] expected = [.. model.Series.Values.SelectMany(samples => Left(WindowModel.WindowsOf(samples), gone))];
            string[] actual = [];
            if (build.Block is not null)
            {
                using BlockReader left = WindowModel.Open(directory.Path, s_left, cache);
                actual = [.. ReadAsync(left).Completed()];
            }

            actual.ShouldBe(expected);
        },
        iter: 100);

    private static async Task<List<string>> ReadAsync(BlockReader block)
    {
        var found = new List<string>();
        await using IQuerier querier = block.OpenQuerier(QueryRange.All);
        await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All) { AcceptsWindows = true }, [s_all], CancellationToken.None);
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            for (int i = 0; i < set.Current.Count; i++)
            {
                var series = new SampleBuffer();
                set.Current.CopySamples(i, series);
                found.AddRange(Text(series));
            }
        }

        return found;
    }

    private static string[] Left(SampleBuffer windows, QueryRange gone)
    {
        var left = new SampleBuffer();
        KeptSamples.Copy(windows, [gone], left);
        return Text(left);
    }

    private static string[] Text(SampleBuffer windows) =>
    [
        .. windows.Windows.ToArray().Select(static w => w.ToString()),
        .. windows.HistogramWindows.ToArray().Select(w => string.Join(
            ' ', w.EndMs, w.Count, w.FirstMs, w.LastMs, w.StaleMs, Convert.ToHexString(windows.Payload(w.First)), Convert.ToHexString(windows.Payload(w.Last)),
            windows.Payload(w.Sum).Length > 0, windows.Payload(w.Resets).Length > 0)), // the same number of observations has more than one form in bytes
    ];

    private static QueryRange Gone(Random random)
    {
        long from = WindowModel.Range.Start - WindowModel.ResolutionMs + random.NextInt64((long)WindowModel.Range.Length);
        return new QueryRange(from, from + random.NextInt64(random.Next(2) == 0 ? WindowModel.ResolutionMs : (long)WindowModel.Range.Length));
    }

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);

    private static bool IsStale(double value) => Bits(value) == Model.Samples.SampleBits.StaleMarker;
}
