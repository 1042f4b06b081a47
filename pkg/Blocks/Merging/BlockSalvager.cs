using System.Globalization;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Windows;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Merging;

/// <summary>Saves what can be read of a damaged block into a new one.</summary>
public static class BlockSalvager
{
    private const int ToldDamages = 10;

    /// <summary>Copies every series and chunk that is intact; of windows, series of which every column is.</summary>
    /// <param name="damaged">The damaged block; only read.</param>
    /// <param name="files">Where the new block is written.</param>
    /// <param name="directory">Its directory, ending in <c>&lt;tenant&gt;/&lt;ULID&gt;</c>.</param>
    /// <param name="options">What it is.</param>
    /// <param name="cancellationToken">Stops the work; nothing is left behind.</param>
    /// <exception cref="IOException">The block cannot be read for another reason than damage, or the new one cannot be written.</exception>
    public static async ValueTask<BlockSalvage> CopyAsync(
        BlockReader damaged, IFileSystem files, string directory, BlockWriterOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(damaged);
        ArgumentNullException.ThrowIfNull(options);
        BlockMeta meta = damaged.Meta;
        using BlockWriter writer = BlockWriter.Create(files, directory, options with { SeriesAreSorted = true });
        BlockCursor cursor = damaged.OpenCursor(QueryRange.All, skipDamage: true);
        await using (cursor.ConfigureAwait(false))
        {
            ColumnSalvage? columns = meta.ResolutionMs > 0 ? new ColumnSalvage(writer, meta.Stats.Series) : null;
            long kept = 0;
            string? broken = null;
            try
            {
                while (await cursor.MoveNextAsync(cancellationToken).ConfigureAwait(false))
                {
                    kept += columns?.Add(cursor) ?? Copy(cursor, writer);
                }

                kept += columns?.End() ?? 0;
            }
            catch (CorruptDataException e)
            {
                broken = e.Message;
            }

            long lost = meta.Stats.FloatSamples + meta.Stats.HistogramSamples - kept;
            string parts = string.Join("; ", cursor.Damage.Take(ToldDamages).Select(static damage => damage.ToString()));
            string report = string.Create(CultureInfo.InvariantCulture, $"{kept} samples were kept, {lost} are lost: {broken ?? parts}");
            QueryRange? range = lost > 0 || broken is not null ? new QueryRange(meta.MinTime, meta.MaxTime) : null;
            return new BlockSalvage(kept == 0 ? null : writer.Finish(cancellationToken), Math.Max(lost, 0), range, report);
        }
    }

    private static long Copy(BlockCursor cursor, BlockWriter writer)
    {
        writer.AddSeries(cursor.Labels.Bytes, cursor.Samples);
        return cursor.Samples.Count + cursor.Samples.HistogramCount;
    }
}

/// <summary>What became of a damaged block.</summary>
/// <param name="Left">The new block, durable; null when no sample could be read.</param>
/// <param name="LostSamples">Samples that could not be read.</param>
/// <param name="LostRange">Times of them; null when nothing is lost.</param>
/// <param name="Report">The same in words.</param>
public sealed record BlockSalvage(BlockMeta? Left, long LostSamples, QueryRange? LostRange, string Report);
