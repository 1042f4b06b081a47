using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using RemoteStore.Telemetry;
using RemoteStore.Testing.Buckets;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.StoreGateway.Tests.Reading;

/// <summary>A bucket with blocks of a few hours and a gateway over it. A sample of series i at hour h has the value 1000 i + h, plus what the block adds.</summary>
internal sealed class GatewayHarness : IDisposable
{
    public const long Hour = 3_600_000;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway");
    private readonly FakeTimeProvider _time = new();
    private readonly MetricsRegistry _registry = new();
    private readonly BucketIndexStore _store;
    private BucketIndex? _index;

    public GatewayHarness(StoreGatewayOptions? options = null, ILocalBlocks? local = null)
    {
        Objects = new MemoryBucket(_time);
        Bucket = new WatchedBucket(Objects);
        _store = new BucketIndexStore(Objects, _time);
        Gateway = new BucketQueryable(Bucket, Indexes, Limits, options ?? new StoreGatewayOptions(), _registry, NullLogger<BucketQueryable>.Instance, _time, local);
    }

    public static TenantId Tenant => BlockMaker.Tenant;

    public static LabelMatcher All { get; } = new(MatchType.NotEqual, "__name__", "");

    public MemoryBucket Objects { get; }

    public WatchedBucket Bucket { get; }

    public HeldIndexView Indexes { get; } = new();

    public ReloadableTenantLimits Limits { get; } = new(new TenantLimits());

    public BucketQueryable Gateway { get; }

    public DateTimeOffset Now => _time.GetUtcNow();

    public void Advance(TimeSpan time) => _time.Advance(time);

    public static LabelMatcher Series(int number) => new(MatchType.Equal, "i", number.ToString("d5", CultureInfo.InvariantCulture));

    /// <summary>Writes a block into the bucket; the index is another step.</summary>
    /// <param name="number">Its id.</param>
    /// <param name="hours">Range, in hours; a sample a minute.</param>
    /// <param name="series">Series, numbered from 0.</param>
    /// <param name="sources">Cut blocks that it was made of; null = it is one.</param>
    public async Task<BlockMeta> AddBlockAsync(int number, (int From, int End) hours, int series = 10, int[]? sources = null)
    {
        string directory = Path.Combine(_directory.FullName, Tenant.Name, BlockMaker.Id(number).ToString());
        var options = new BlockWriterOptions
        {
            Id = BlockMaker.Id(number),
            Tenant = Tenant,
            Range = new(hours.From * Hour, hours.End * Hour),
            Level = sources is null ? 1 : 2,
            Sources = sources is null ? ["00000001"] : [.. sources.Select(static source => BlockMaker.Id(source).ToString())],
        };
        BlockMeta meta;
        using (BlockWriter writer = BlockWriter.Create(LocalFileSystem.Instance, directory, options))
        {
            var samples = new SampleBuffer();
            for (int i = 0; i < series; i++)
            {
                samples.Clear();
                for (long time = hours.From * Hour; time < hours.End * Hour; time += 60_000)
                {
                    samples.Add(time, BitConverter.DoubleToInt64Bits(Value(i, time)));
                }

                writer.AddSeries(Labels(i).Bytes.ToArray(), samples);
            }

            meta = writer.Finish(CancellationToken.None);
        }

        foreach (BlockFile file in (BlockFile[])[BlockFile.Chunks, BlockFile.Index, BlockFile.Meta])
        {
            await Objects.WriteAsync(
                BucketLayout.File(Tenant, meta.Id, file), new FileContent(Path.Combine(directory, BucketLayout.NameOf(file))), WriteMode.Replace, CancellationToken.None);
        }

        Directory.Delete(directory, recursive: true);
        return meta;
    }

    public async Task RemoveBlockAsync(int number)
    {
        foreach (BlockFile file in (BlockFile[])[BlockFile.Meta, BlockFile.Index, BlockFile.Chunks])
        {
            await Objects.DeleteAsync(BucketLayout.File(Tenant, BlockMaker.Id(number), file), CancellationToken.None);
        }
    }

    /// <summary>Brings the index in the bucket up to date, and, if the gateway is to know, its own.</summary>
    public async Task UpdateIndexAsync(bool tell = true)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _index = (await _store.UpdateAsync(Tenant, _index, CancellationToken.None)).Index;
        if (tell)
        {
            Indexes.Offer(_index);
        }
    }

    /// <summary>Changes a byte of a file in the bucket.</summary>
    public async Task CorruptAsync(int number, BlockFile file, Index at)
    {
        string key = BucketLayout.File(Tenant, BlockMaker.Id(number), file);
        byte[] bytes = await Objects.ReadAllAsync(key, int.MaxValue, CancellationToken.None);
        bytes[at] ^= 4;
        await Objects.WriteAsync(key, new MemoryContent(bytes), WriteMode.Replace, CancellationToken.None);
    }

    public Task<IQuerier> OpenAsync(QueryRange? range = null, LocalHoldings? held = null) =>
        Gateway.OpenQuerierAsync(Tenant, range ?? QueryRange.All, held ?? LocalHoldings.None, [], CancellationToken.None).AsTask();

    /// <summary>Selects and reads all; samples by series, each checked for its value.</summary>
    public async Task<Dictionary<string, List<long>>> ReadAsync(QueryRange? range = null, LocalHoldings? held = null, params LabelMatcher[] matchers)
    {
        await using IQuerier querier = await OpenAsync(range, held);
        await using ISeriesSet set = await querier.SelectAsync(
            true, new SelectHints(range ?? QueryRange.All), matchers.Length == 0 ? [All] : matchers, CancellationToken.None);
        return await DrainAsync(set);
    }

    public static async Task<Dictionary<string, List<long>>> DrainAsync(ISeriesSet set)
    {
        var found = new Dictionary<string, List<long>>();
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            Take(set.Current, found);
        }

        return found;
    }

    /// <summary>Adds a batch to what was found.</summary>
    public static void Take(SeriesBatch batch, Dictionary<string, List<long>> found)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            string number = batch.Labels(i).GetValue("i"u8) is { Length: > 0 } value ? System.Text.Encoding.UTF8.GetString(value) : "";
            int series = int.Parse(number, CultureInfo.InvariantCulture);
            for (int s = 0; s < batch.Timestamps(i).Length; s++)
            {
                if (batch.Values(i)[s] != Value(series, batch.Timestamps(i)[s]))
                {
                    throw new InvalidOperationException($"series {series} has {batch.Values(i)[s]} at {batch.Timestamps(i)[s]}");
                }
            }

            found.Add(number, [.. batch.Timestamps(i)]);
        }
    }

    public async Task<string> MetricsAsync()
    {
        using var text = new MemoryStream();
        await _registry.WriteTextAsync(text, CancellationToken.None);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    public void Dispose()
    {
        Gateway.Dispose();
        _directory.Delete(recursive: true);
    }

    private static double Value(int series, long time) => (1000.0 * series) + (time / 60_000);

    private static LabelSet Labels(int series) =>
        LabelSet.From("__name__", "m", "i", series.ToString("d5", CultureInfo.InvariantCulture), "job", "test");
}
