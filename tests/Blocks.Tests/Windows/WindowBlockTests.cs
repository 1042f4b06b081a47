using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Windows;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Blocks.Tests.Windows;

public sealed class WindowBlockTests
{
    private const string UpdateVariable = "REMOTESTORE_UPDATE_GOLDEN";

    private static readonly BlockId s_id = BlockId.Parse("01HF7YAT00Y8Z3KW9D2V5Q4RTM");
    private static readonly LabelMatcher s_all = new(MatchType.Regexp, "__name__", ".*");

    [Fact]
    public void Select_AnyColumns_GivesTheWindowsThatWereWritten() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            using var directory = new TemporaryDirectory();
            using var cache = new BlockSectionCache();
            WindowModel model = WindowModel.Build(random, WindowModel.Range);
            _ = model.WriteWindows(directory.Path, s_id, WindowModel.Range);
            using BlockReader block = WindowModel.Open(directory.Path, s_id, cache);
            var columns = random.Next(2) == 0 ? WindowColumns.All : (WindowColumns)random.Next(1, (int)WindowColumns.All);

            WindowView actual = WindowView.Read(block, new SelectHints(QueryRange.All) { AcceptsWindows = true, Columns = columns }, s_all);

            actual.Text.ShouldBe(WindowView.Of(model, static _ => true, columns).Text);
        },
        iter: 100);

    [Fact]
    public void Select_PartOfTheRange_GivesWholeWindows() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            using var directory = new TemporaryDirectory();
            using var cache = new BlockSectionCache();
            WindowModel model = WindowModel.Build(random, WindowModel.Range);
            _ = model.WriteWindows(directory.Path, s_id, WindowModel.Range);
            using BlockReader block = WindowModel.Open(directory.Path, s_id, cache);
            long from = WindowModel.Range.Start + random.NextInt64((long)WindowModel.Range.Length);
            long to = from + random.NextInt64(5 * WindowModel.ResolutionMs);
            if (random.Next(2) == 0)
            {
                from -= from % WindowModel.ResolutionMs;
                to -= to % WindowModel.ResolutionMs;
            }

            WindowView actual = WindowView.Read(block, new SelectHints(new QueryRange(from, to)) { AcceptsWindows = true }, s_all);

            actual.Text.ShouldBe(WindowView.Of(model, w => w.EndMs > from - WindowModel.ResolutionMs && w.StartMs < to, WindowColumns.All).Text);
        },
        iter: 100);

    [Fact]
    public void Select_WindowsThatNoEvaluationLooksAt_LeavesThemOut() => Gen.Int.Sample(
        seed =>
        {
            const long R = WindowModel.ResolutionMs;
            var random = new Random(seed);
            using var directory = new TemporaryDirectory();
            using var cache = new BlockSectionCache();
            WindowModel model = WindowModel.Build(random, WindowModel.Range);
            _ = model.WriteWindows(directory.Path, s_id, WindowModel.Range);
            using BlockReader block = WindowModel.Open(directory.Path, s_id, cache);
            var hints = new SelectHints(QueryRange.All, StepMs: R * random.Next(8))
            {
                RangeMs = R * random.Next(1, 6),
                FirstEvaluationMs = (WindowModel.Range.Start / R * R) + (R * random.Next(-3, 12)),
                AcceptsWindows = true,
                MayLeaveOutUnseen = true,
            };
            IEnumerable<long> evaluations = Enumerable.Range(0, hints.StepMs == 0 ? 1 : 40).Select(k => hints.FirstEvaluationMs + (k * hints.StepMs));

            WindowView actual = WindowView.Read(block, hints, s_all);

            actual.Text.ShouldBe(WindowView.Of(model, w => evaluations.Any(t => w.EndMs <= t && w.EndMs > t - hints.RangeMs), WindowColumns.All).Text);
        },
        iter: 200);

    [Fact]
    public void Select_WhoReadsNoWindows_GetsTheLastSampleOfEach() => Gen.Int.Sample(
        seed =>
        {
            using var directory = new TemporaryDirectory();
            using var cache = new BlockSectionCache();
            WindowModel model = WindowModel.Build(new Random(seed), WindowModel.Range);
            _ = model.WriteWindows(directory.Path, s_id, WindowModel.Range);
            using BlockReader block = WindowModel.Open(directory.Path, s_id, cache);

            WindowView actual = WindowView.Read(block, new SelectHints(QueryRange.All), s_all);

            actual.Text.ShouldBe(WindowView.LastOf(model).Text);
        },
        iter: 50);

    [Fact]
    public void Labels_OfColumns_AreNotSeen() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            using var directory = new TemporaryDirectory();
            using var cache = new BlockSectionCache();
            WindowModel model = WindowModel.Build(random, WindowModel.Range);
            BlockMeta windows = model.WriteWindows(directory.Path, s_id, WindowModel.Range);
            var plainId = new BlockId(1, 1);
            _ = model.WriteSamples(directory.Path, plainId, WindowModel.Range);
            using BlockReader block = WindowModel.Open(directory.Path, s_id, cache);
            using BlockReader plain = WindowModel.Open(directory.Path, plainId, cache);
            LabelMatcher[] matchers = [Format.BlockGen.Matcher(random), s_all];
            LabelMatcher[] hidden = [.. matchers, new LabelMatcher(MatchType.Equal, WindowFormat.ColumnLabel, "")];
            int limit = random.Next(5);

            LabelView actual = LabelView.Read(block, random.Next(2) == 0 ? matchers : hidden, limit);

            actual.Text.ShouldBe(LabelView.Read(plain, matchers, limit).Text);
            LabelView.Read(block, [new LabelMatcher(MatchType.Equal, WindowFormat.ColumnLabel, "last")], 0).Series.ShouldBeEmpty();
            LabelView.ValuesOfAsync(block, WindowFormat.ColumnLabel).GetAwaiter().GetResult().ShouldBeEmpty();
            windows.Stats.Series.ShouldBeGreaterThanOrEqualTo(model.Series.Count);
        },
        iter: 100);

    [Fact]
    public void AddSeries_LabelsWithTheReservedName_AreLeftOutAndNamed()
    {
        using var directory = new TemporaryDirectory();
        using WindowColumnsWriter writer = Writer(directory.Path);
        SampleBuffer windows = WindowModel.WindowsOf(WindowGen.Fill(new SampleBuffer(), [(WindowModel.Range.Start + 1, 1)]));

        writer.AddSeries(LabelSet.From("__name__", "a"), windows);
        writer.AddSeries(LabelSet.From("__name__", "b", WindowFormat.ColumnLabel, "last"), windows);
        writer.AddSeries(LabelSet.From("__name__", "c", WindowFormat.ColumnLabel + "x", "1"), windows);

        (writer.SeriesCount, writer.LeftOutCount).ShouldBe((1, 2));
        writer.LeftOut.Count.ShouldBe(2);
        writer.Finish(CancellationToken.None).Stats.Series.ShouldBe(1); // one sample: its column of last values implies the rest
    }

    [Fact]
    public void AddSeries_WhatDoesNotBelongThere_IsRefused()
    {
        using var directory = new TemporaryDirectory();
        using WindowColumnsWriter writer = Writer(directory.Path);
        LabelSet labels = LabelSet.From("__name__", "a");

        Should.Throw<ArgumentException>(() => writer.AddSeries(labels, WindowModel.WindowsOf(WindowGen.Fill(new(), [(WindowModel.Range.Start + 1, 1)]), 1000)));
        Should.Throw<ArgumentException>(() => writer.AddSeries(labels, WindowModel.WindowsOf(WindowGen.Fill(new(), [(WindowModel.Range.End + 1_000_000, 1)]))));
    }

    [Fact]
    public void Dispose_BeforeFinish_LeavesNothingBehind()
    {
        using var directory = new TemporaryDirectory();
        using (WindowColumnsWriter writer = Writer(directory.Path))
        {
            writer.AddSeries(LabelSet.From("__name__", "a"), WindowModel.WindowsOf(WindowGen.Fill(new(), [(WindowModel.Range.Start + 1, 1)])));
        }

        Directory.Exists(WindowModel.PathIn(directory.Path, s_id)).ShouldBeFalse();
    }

    [Fact]
    public void Columns_OnDisk_NeverChange()
    {
        System.Text.Encoding.UTF8.GetBytes(WindowFormat.ColumnLabel).ShouldBe([0xf4, 0x8f, 0xbf, 0xbf]);
        WindowFormat.Columns.Select(WindowFormat.NameOf).ShouldBe(["count", "first", "last", "max", "min", "resets", "sum"]);
        WindowFormat.StaleHistogram.ShouldBe([0x19, 0x02, 0, 0, 0, 0, 0, 0xf0, 0x7f]);
    }

    [Fact]
    public async Task Open_BlockOfVersion1_ReadsAsWritten()
    {
        string golden = Path.Combine(Format.BlockFormatTests.GoldenFolder(), "windows-v1");
        WindowModel model = WindowModel.Build(new Random(4), WindowModel.Range);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            if (Directory.Exists(golden))
            {
                Directory.Delete(golden, recursive: true);
            }

            _ = model.WriteWindows(golden, s_id, WindowModel.Range);
        }

        using var cache = new BlockSectionCache();
        using BlockReader block = WindowModel.Open(golden, s_id, cache);

        block.Meta.ResolutionMs.ShouldBe(WindowModel.ResolutionMs);
        (await block.VerifyAsync(null, CancellationToken.None)).Damage.ShouldBeEmpty();
        WindowView.Read(block, new SelectHints(QueryRange.All) { AcceptsWindows = true }, s_all).Text
            .ShouldBe(WindowView.Of(model, static _ => true, WindowColumns.All).Text);
    }

    private static WindowColumnsWriter Writer(string root) => WindowColumnsWriter.Create(
        LocalFileSystem.Instance, WindowModel.PathIn(root, s_id),
        new BlockWriterOptions { Id = s_id, Tenant = WindowModel.Tenant, Range = WindowModel.Range, ResolutionMs = WindowModel.ResolutionMs });
}
