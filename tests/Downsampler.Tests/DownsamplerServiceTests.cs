using RemoteStore.Blocks.Format;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Deleting;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Downsampler.Tests;

public sealed class DownsamplerServiceTests
{
    private const long Minutes5 = 300_000;
    private const long Hour = DownsamplerWorld.HourMs;
    private const long Day = DownsamplerWorld.DayMs;

    [Fact]
    public async Task RunRound_OldDays_AreDownsampledToAllTiers()
    {
        using var world = new DownsamplerWorld(1);
        _ = await world.UploadAsync(DownsamplerWorld.StartMs);
        _ = await world.UploadAsync(DownsamplerWorld.StartMs + Day);

        (await world.RoundAsync()).ShouldBe(4);

        await world.CheckAsync(Minutes5);
        await world.CheckAsync(Hour);
        (await world.RoundAsync()).ShouldBe(0);
        (await world.MetricAsync("remotestore_downsampler_last_success_timestamp_seconds")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task RunRound_BlocksThatComeLate_MakeTheDayAnew()
    {
        using var world = new DownsamplerWorld(2);
        BlockMeta first = await world.UploadAsync(DownsamplerWorld.StartMs);
        _ = await world.RoundAsync();
        BlockMeta late = await world.UploadAsync(DownsamplerWorld.StartMs + (4 * Hour), 2 * Hour, intervalMs: 77_000);

        (await world.RoundAsync()).ShouldBe(2);

        BlockMeta made = (await world.BlocksAsync(Hour)).ShouldHaveSingleItem();
        made.SourceBlocks.ShouldBe([first.Id, late.Id], ignoreOrder: true);
        await world.CheckAsync(Minutes5);
        await world.CheckAsync(Hour);
    }

    [Fact]
    public async Task RunRound_BlocksNotYetListed_AreUsedAndNotMadeTwice()
    {
        using var world = new DownsamplerWorld(3);
        _ = await world.UploadAsync(DownsamplerWorld.StartMs);
        int published = 0;
        await using DownsamplerService downsampler = world.Start(published: () => published++);

        (await downsampler.RunRoundAsync(CancellationToken.None)).ShouldBe(2);
        (await downsampler.RunRoundAsync(CancellationToken.None)).ShouldBe(0);

        published.ShouldBe(1);
        BlockMeta fine = (await world.BlocksAsync(Minutes5)).ShouldHaveSingleItem();
        (await world.BlocksAsync(Hour)).ShouldHaveSingleItem().Parents.ShouldBe([fine.Id]);
    }

    [Fact]
    public async Task RunRound_DeletedSamples_AreInNoWindow()
    {
        using var world = new DownsamplerWorld(6);
        _ = await world.UploadAsync(DownsamplerWorld.StartMs);
        var deletion = new SeriesDeletion([new LabelMatcher(MatchType.Equal, "series", "2")], QueryRange.All);
        await using DownsamplerService downsampler = world.Start(deletions: new Deletions(new SeriesDeletions([deletion])));

        _ = await downsampler.RunRoundAsync(CancellationToken.None);

        await world.CheckAsync(Hour, static labels => labels.GetValue("series"u8).SequenceEqual("2"u8));
    }

    [Fact]
    public async Task Start_AfterADeath_EmptiesTheWorkDirectoryAndWorks()
    {
        using var world = new DownsamplerWorld(7);
        Directory.CreateDirectory(world.WorkDirectory);
        await File.WriteAllTextAsync(Path.Combine(world.WorkDirectory, "left"), "behind");
        var published = new TaskCompletionSource();
        _ = await world.UploadAsync(DownsamplerWorld.StartMs);
        await using DownsamplerService downsampler = world.Start(published: published.SetResult);

        downsampler.Start();
        await published.Task.WaitAsync(TimeSpan.FromSeconds(60));

        File.Exists(Path.Combine(world.WorkDirectory, "left")).ShouldBeFalse();
        await world.CheckAsync(Hour);
    }

    private sealed class Deletions(SeriesDeletions deletions) : IPendingDeletions
    {
        public ValueTask<SeriesDeletions> GetAsync(TenantId tenant, CancellationToken cancellationToken) => ValueTask.FromResult(deletions);
    }
}
