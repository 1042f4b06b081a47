using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Merging;

/// <summary>
/// Joins blocks of one tenant and resolution to a new one, series by series in label order. Samples at one time are resolved by the rule of reads
/// (<see cref="SampleDeduplication"/>), so that no answer changes. Memory: what <see cref="BlockWriter"/> keeps of sorted series, a few pages and timestamp
/// columns per input, and the samples of one series.
/// </summary>
public static class BlockMerger
{
    /// <summary>Merges.</summary>
    /// <param name="inputs">The blocks, those of older samples first. They stay the caller's.</param>
    /// <param name="files">Where the new block is written.</param>
    /// <param name="directory">Its directory, ending in <c>&lt;tenant&gt;/&lt;ULID&gt;</c>.</param>
    /// <param name="options">What it is; its range holds all samples that are kept.</param>
    /// <param name="merge">What is left out.</param>
    /// <param name="cancellationToken">Checked at each series; nothing is left behind.</param>
    /// <returns>The new block, durable; null, and nothing written, when no sample is kept.</returns>
    /// <exception cref="DamagedBlockException">An input is damaged.</exception>
    /// <exception cref="IOException">An input cannot be read, or the output cannot be written.</exception>
    public static async ValueTask<BlockMeta?> MergeAsync(
        IReadOnlyList<BlockReader> inputs,
        IFileSystem files,
        string directory,
        BlockWriterOptions options,
        BlockMergeOptions merge,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(merge);
        using BlockWriter writer = BlockWriter.Create(files, directory, options with { SeriesAreSorted = true });
        var cursors = new BlockCursor[inputs.Count];
        try
        {
            for (int i = 0; i < cursors.Length; i++)
            {
                cursors[i] = inputs[i].OpenCursor(merge.Range);
            }

            bool any = await CopyAsync(new SeriesJoin(inputs, cursors), writer, merge.Filter, cancellationToken).ConfigureAwait(false);
            return any ? writer.Finish(cancellationToken) : null;
        }
        finally
        {
            foreach (BlockCursor? cursor in cursors)
            {
                if (cursor is not null)
                {
                    await cursor.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }

    private static async ValueTask<bool> CopyAsync(SeriesJoin join, BlockWriter writer, ISampleFilter? filter, CancellationToken cancellationToken)
    {
        bool any = false;
        while (await join.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            SampleBuffer samples = filter is null ? join.Samples : filter.Keep(join.Labels, join.Samples);
            if (samples.Count > 0 || samples.HistogramCount > 0)
            {
                writer.AddSeries(join.Labels.Bytes, samples);
                any = true;
            }
        }

        return any;
    }
}
