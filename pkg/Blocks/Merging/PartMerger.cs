using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Merging;

/// <summary>
/// Merges parts into one part per time range that has rows: sorted, one sample per series and time by the rules of <see cref="SampleDeduplication"/>,
/// expired samples dropped. Memory is two decoded blocks per input (floats and histograms) and that of at most <see cref="MergeOptions.MaxOpenOutputs"/>
/// writers, whatever the parts' sizes; more ranges than that are reached by reading the inputs again.
/// </summary>
public static class PartMerger
{
    /// <summary>Merges <paramref name="inputs"/> into new, durable files. The inputs are held open meanwhile and not changed.</summary>
    /// <param name="inputs">At least one part.</param>
    /// <param name="files">Where the outputs are created.</param>
    /// <param name="directory">Their folder; they are removed when the merge does not end well.</param>
    /// <param name="nextId">Gives a number that no part ever had.</param>
    /// <param name="level">Level of the outputs, above 0.</param>
    /// <param name="options">Ranges, retention, pace, failpoints, sizes.</param>
    /// <param name="cancellationToken">Checked at each block.</param>
    /// <exception cref="CorruptDataException">A block of an input is damaged; names the file. <see cref="PartSalvager"/> saves the rest.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static MergeResult Merge(
        IReadOnlyList<MergeInput> inputs,
        IFileSystem files,
        string directory,
        Func<PartId> nextId,
        int level,
        MergeOptions options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(inputs.Count);
        options.Validate();
        using var held = new MergeInputs(inputs);
        using var outputs = new RangeSplitter(files, directory, nextId, level, options);
        var progress = new MergeProgress(options, cancellationToken);
        var samples = new SampleBuffer();
        IReadOnlyList<TenantId> tenants = held.Tenants;
        Dictionary<TenantId, long> floors = tenants.ToDictionary(static tenant => tenant, tenant => options.RetentionFloor?.Invoke(tenant) ?? long.MinValue);
        do
        {
            outputs.BeginPass();
            foreach (TenantId tenant in tenants)
            {
                outputs.BeginTenant(tenant);
                new TenantMerge(
                    outputs,
                    held.Sources(tenant, BlockKind.Floats, floors[tenant], progress),
                    held.Sources(tenant, BlockKind.Histograms, floors[tenant], progress),
                    samples).Run(cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            outputs.EndPass();
            progress.Counts = false;
            progress.PassesOver = outputs.PassesOver;
        }
        while (outputs.HasMore);

        outputs.Keep();
        long written = outputs.Parts.Sum(static part => part.Rows + part.HistogramRows);
        return new MergeResult(outputs.Parts, progress.RowsRead, progress.RowsExpired, progress.RowsRead - progress.RowsExpired - written);
    }
}
