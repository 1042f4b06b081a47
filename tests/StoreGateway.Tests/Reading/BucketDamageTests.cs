using System.Globalization;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Layout;
using RemoteStore.ObjectStore;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.StoreGateway.Tests.Reading;

/// <summary>Each byte of a block in the bucket, changed: what is read of it is found out and named, never served.</summary>
public sealed class BucketDamageTests : IDisposable
{
    private const int FooterOfChunks = 88; // nobody reads it: the directory says the same

    private readonly GatewayHarness _harness = new(new StoreGatewayOptions { CacheBytes = 0 }); // so that each query reads anew

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData(BlockFile.Index)]
    [InlineData(BlockFile.Chunks)]
    public async Task Query_AnyByteChanged_IsAGapWithFileAndOffset(BlockFile file)
    {
        (string key, byte[] sound) = await AddAsync(file);
        string expected = Describe(await _harness.ReadAsync());
        var unseen = new List<int>();
        for (int at = 0; at < sound.Length; at++)
        {
            await ChangeAsync(key, sound, at);
            try
            {
                Describe(await _harness.ReadAsync()).ShouldBe(expected, $"{key} at {at}");
                unseen.Add(at);
            }
            catch (MissingDataException e)
            {
                CheckNamed(e, key, at);
            }
        }

        unseen.ShouldBe(file == BlockFile.Index ? [] : Enumerable.Range(sound.Length - FooterOfChunks, FooterOfChunks));
    }

    [Fact]
    public async Task Lists_AnyByteOfTheIndexChanged_GiveWhatIsThereOrAGap()
    {
        (string key, byte[] sound) = await AddAsync(BlockFile.Index);
        int found = 0;
        for (int at = 0; at < sound.Length; at++)
        {
            await ChangeAsync(key, sound, at);
            await using IQuerier querier = await _harness.OpenAsync();
            try
            {
                (await querier.LabelNamesAsync([GatewayHarness.All], 0, CancellationToken.None)).Items.ShouldBe(["__name__", "i", "job"]);
                (await querier.LabelValuesAsync("i", [], 0, CancellationToken.None)).Items.ShouldBe(["00000", "00001", "00002"]);
                LimitedList<Model.Labels.LabelSet> series = await querier.SelectSeriesAsync([GatewayHarness.All], 0, CancellationToken.None);
                series.Items.Select(static labels => labels.ToString()).ShouldBe(
                    Enumerable.Range(0, 3).Select(static i => string.Create(CultureInfo.InvariantCulture, $"{{__name__=\"m\", i=\"{i:d5}\", job=\"test\"}}")));
            }
            catch (MissingDataException e)
            {
                CheckNamed(e, key, at);
                found++;
            }
        }

        // Where pages lie does not concern lists; all the rest does.
        found.ShouldBeGreaterThan(sound.Length / 2);
    }

    private async Task<(string Key, byte[] Sound)> AddAsync(BlockFile file)
    {
        _ = await _harness.AddBlockAsync(0, (0, 1), series: 3);
        await _harness.UpdateIndexAsync();
        string key = BucketLayout.File(GatewayHarness.Tenant, BlockMaker.Id(0), file);
        return (key, await _harness.Objects.ReadAllAsync(key, int.MaxValue, CancellationToken.None));
    }

    private ValueTask ChangeAsync(string key, byte[] sound, int at)
    {
        byte[] changed = [.. sound];
        changed[at] ^= (byte)(1 << (at % 8));
        _harness.Advance(TimeSpan.FromMinutes(5)); // what was found damaged is tried again
        return _harness.Objects.WriteAsync(key, new MemoryContent(changed), WriteMode.Replace, CancellationToken.None);
    }

    private static string Describe(Dictionary<string, List<long>> found) =>
        string.Join("; ", found.OrderBy(static series => series.Key, StringComparer.Ordinal).Select(static series => $"{series.Key}: {string.Join(' ', series.Value)}"));

    private static void CheckNamed(MissingDataException e, string key, int at)
    {
        MissingData gap = e.Missing.ShouldHaveSingleItem();
        gap.Source.ShouldBe($"block {BlockMaker.Id(0)}", $"{key} at {at}");
        gap.Reason.ShouldContain(key, customMessage: $"{key} at {at}");
        gap.Reason.ShouldContain("offset", customMessage: $"{key} at {at}");
    }
}
