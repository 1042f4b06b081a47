using System.Diagnostics;
using System.Globalization;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Benchmarks.Gateway;

/// <summary>
/// Blocks of two hours with the same series, few samples of each, since what is measured is the index. Each range is written once, and given twenty names: to the
/// gateway these are blocks of their own.
/// </summary>
internal sealed class GatewayBlocks(string directory, int series)
{
    private const long RangeMs = 2 * 3600 * 1000;
    private const long StartMs = 1_699_920_000_000; // a multiple of a day
    private const int Samples = 4;
    private const int Names = 20;

    private readonly LabelSet[] _labels = GatewaySeries.Make(series);

    /// <summary>Writes the blocks where a bucket in the directory has them, and the bucket index.</summary>
    public async Task WriteAsync(int blocks)
    {
        long started = Stopwatch.GetTimestamp();
        BlockMeta last = null!;
        BlockRenaming? renaming = null;
        for (int b = 0; b < blocks; b++)
        {
            long start = StartMs + (b / Names * RangeMs);
            var id = new BlockId((ulong)start << 16, (ulong)b);
            if (b % Names == 0)
            {
                last = Write(id, start);
                renaming = await BlockRenaming.ReadAsync(FolderOf(id));
            }
            else
            {
                renaming!.Write(id, FolderOf(id));
            }
        }

        var bucket = new FileSystemBucket(LocalFileSystem.Instance, directory);
        _ = await new BucketIndexStore(bucket, TimeProvider.System).UpdateAsync(TenantId.Anonymous, null, CancellationToken.None);
        BlockStats stats = last.Stats;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"wrote {blocks} blocks of {stats.Series:N0} series, {last.SizeBytes * blocks >> 20:N0} MiB, in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s; index of one: "
            + $"{Size(last, BlockFile.Index):N0} bytes ({stats.PairBytes:N0} pairs, {stats.SeriesBytes:N0} series, {stats.PostingsBytes:N0} postings, "
            + $"{stats.DirectoryBytes:N0} directory), chunks {Size(last, BlockFile.Chunks):N0}"));
    }

    private BlockMeta Write(BlockId id, long start)
    {
        var options = new BlockWriterOptions
        {
            Id = id,
            Tenant = TenantId.Anonymous,
            Range = new(start, start + RangeMs),
            Sources = ["1"],
            SeriesAreSorted = true,
        };
        using BlockWriter writer = BlockWriter.Create(LocalFileSystem.Instance, FolderOf(id), options);
        var samples = new SampleBuffer();
        for (int i = 0; i < _labels.Length; i++)
        {
            samples.Clear();
            for (int s = 0; s < Samples; s++)
            {
                // What a target has comes at one time; two thirds of the series do not change.
                long value = i % 3 > 0 ? i : (i * 31L) + (start / RangeMs) + (s * (i % 1000));
                samples.Add(start + (s * RangeMs / Samples) + OffsetOf(_labels[i].GetValue("instance"u8)), BitConverter.DoubleToInt64Bits(value));
            }

            writer.AddSeries(_labels[i].Bytes, samples);
        }

        return writer.Finish(CancellationToken.None);
    }

    /// <summary>When within 15 s a target is scraped.</summary>
    private static int OffsetOf(ReadOnlySpan<byte> instance)
    {
        uint hash = 17;
        foreach (byte letter in instance)
        {
            hash = unchecked((hash * 31) + letter);
        }

        return (int)(hash % 15_000);
    }

    private string FolderOf(BlockId id) => Path.Combine(directory, TenantId.Anonymous.Name, id.ToString());

    private static long Size(BlockMeta meta, BlockFile file) => meta.Files.Single(info => info.File == file).SizeBytes;
}
