using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Tests.Format;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Blocks.Tests.Windows;

public sealed class WindowSalvageTests
{
    private static readonly BlockId s_damaged = new(3, 1);
    private static readonly BlockId s_saved = new(3, 2);
    private static readonly LabelMatcher s_all = new(MatchType.Regexp, "__name__", ".*");

    [Fact]
    public void CopyAsync_AnyDamage_KeepsASeriesAsItWasOrNotAtAll()
    {
        int saved = 0;
        int lost = 0;
        Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                using var directory = new TemporaryDirectory();
                using var cache = new BlockSectionCache(0);
                WindowModel model = WindowModel.Build(random, WindowModel.Range);
                BlockMeta meta = model.WriteWindows(directory.Path, s_damaged, WindowModel.Range);
                Flip(Path.Combine(WindowModel.PathIn(directory.Path, s_damaged), BlockFormat.NameOf(random.Next(4) == 0 ? BlockFile.Index : BlockFile.Chunks)), random);
                using BlockReader block = BlockReader.Open(
                    meta, new LocalBlockSource(WindowModel.PathIn(directory.Path, s_damaged)), cache, BlockReadSizes.Local);
                var options = new BlockWriterOptions { Id = s_saved, Tenant = WindowModel.Tenant, Range = WindowModel.Range, ResolutionMs = WindowModel.ResolutionMs };

                BlockSalvage salvage = BlockSalvager.CopyAsync(
                    block, LocalFileSystem.Instance, WindowModel.PathIn(directory.Path, s_saved), options, CancellationToken.None).AsTask().Completed();

                Interlocked.Add(ref lost, salvage.LostSamples > 0 ? 1 : 0);
                if (salvage.Left is { } left)
                {
                    using BlockReader reader = WindowModel.Open(directory.Path, s_saved, cache);
                    Dictionary<string, string> expected = BySeries(WindowView.Of(model, static _ => true, WindowColumns.All));
                    Dictionary<string, string> actual = BySeries(WindowView.Read(reader, new SelectHints(QueryRange.All) { AcceptsWindows = true }, s_all));
                    actual.ShouldNotBeEmpty();
                    actual.ShouldAllBe(series => expected[series.Key] == series.Value);
                    (left.Stats.FloatSamples + left.Stats.HistogramSamples + salvage.LostSamples).ShouldBe(meta.Stats.FloatSamples + meta.Stats.HistogramSamples);
                    Interlocked.Increment(ref saved);
                }
            },
            iter: 200, threads: 1);
        (saved > 0 && lost > 0).ShouldBeTrue($"{saved} blocks of which something was saved, {lost} of which something was lost");
    }

    private static void Flip(string path, Random random)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Lines of a series by its labels.</summary>
    private static Dictionary<string, string> BySeries(WindowView view)
    {
        var series = new Dictionary<string, string>();
        string labels = "";
        foreach (string line in view.Text.Split('\n'))
        {
            labels = line.StartsWith(' ') ? labels : line;
            series[labels] = series.GetValueOrDefault(labels, "") + line + '\n';
        }

        return series;
    }
}
