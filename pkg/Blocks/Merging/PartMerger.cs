using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Merging;

/// <summary>
/// Merges parts into one: sorted, one sample per series and time by the rules of <see cref="SampleDeduplication"/>, expired samples dropped. Memory is two
/// decoded blocks per input (floats and histograms) and those of the writer, whatever the parts' sizes.
/// </summary>
public static class PartMerger
{
    /// <summary>Merges <paramref name="inputs"/> into a new, durable file. The inputs are held open meanwhile and not changed.</summary>
    /// <param name="inputs">At least one part.</param>
    /// <param name="files">Where the output is created.</param>
    /// <param name="path">Its path; the file is removed when the merge does not end well.</param>
    /// <param name="id">Its number.</param>
    /// <param name="level">Its level, above 0.</param>
    /// <param name="options">Retention, pace, failpoints, sizes.</param>
    /// <param name="cancellationToken">Checked at each block.</param>
    /// <exception cref="CorruptDataException">A block of an input is damaged; names the file. <see cref="PartSalvager"/> saves the rest.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static MergeResult Merge(
        IReadOnlyList<PartReader> inputs, IFileSystem files, string path, PartId id, int level, MergeOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(inputs.Count);
        PartReader[] parts = [.. inputs.OrderBy(part => part.Info.MinTime).ThenBy(part => part.Info.Id)];
        var blocks = new List<(PartReader Part, RowBlock Rows)>(parts.Length * 2);
        int held = 0;
        try
        {
            foreach (PartReader part in parts)
            {
                part.Acquire();
                held++;
                blocks.Add((part, part.Pool.RentBlock()));
                blocks.Add((part, part.Pool.RentBlock()));
            }

            var progress = new MergeProgress(options, cancellationToken);
            using PartWriter writer = PartWriter.Create(files, path, id, level, options.Writer);
            var samples = new SampleBuffer();
            foreach (TenantId tenant in parts.SelectMany(part => part.Tenants).Distinct().Order())
            {
                long floor = options.RetentionFloor?.Invoke(tenant) ?? long.MinValue;
                writer.BeginTenant(tenant);
                new TenantMerge(
                    writer,
                    Sources(blocks, tenant, BlockKind.Floats, floor, progress),
                    Sources(blocks, tenant, BlockKind.Histograms, floor, progress),
                    samples).Run(cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            PartInfo info = writer.Finish();
            long written = info.Rows + info.HistogramRows;
            return new MergeResult(info, progress.RowsRead, progress.RowsExpired, progress.RowsRead - progress.RowsExpired - written);
        }
        finally
        {
            foreach ((PartReader part, RowBlock rows) in blocks)
            {
                part.Pool.Return(rows);
            }

            foreach (PartReader part in parts.AsSpan(0, held))
            {
                part.Release();
            }
        }
    }

    private static List<MergeSource> Sources(
        List<(PartReader Part, RowBlock Rows)> blocks, TenantId tenant, BlockKind kind, long floor, MergeProgress progress)
    {
        var sources = new List<MergeSource>();
        for (int i = kind == BlockKind.Floats ? 0 : 1; i < blocks.Count; i += 2)
        {
            (PartReader part, RowBlock rows) = blocks[i];
            bool has = part.Index.TryFind(tenant, out TenantSection section)
                && (kind == BlockKind.Floats ? section.FloatBlocks : section.HistogramBlocks) > 0;
            if (has)
            {
                var source = new MergeSource(part, section, kind, floor, rows, progress);
                source.Next();
                sources.Add(source);
            }
        }

        return sources;
    }
}
