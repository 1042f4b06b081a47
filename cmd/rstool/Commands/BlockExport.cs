using RemoteStore.Blocks.Format;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Exporting;
using RemoteStore.PrometheusBlocks.Format;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Tool.Commands;

/// <summary><c>rstool block export</c>: samples as received, as blocks of Prometheus.</summary>
internal sealed class BlockExport(StoredRaw stored, TenantId tenant, ExportTarget target, TextWriter output, ProgressLine progress)
{
    private readonly ExportReport _report = new();
    private long _samples;
    private int _blocks;

    /// <summary>Writes a block for each aligned range of time that has samples.</summary>
    /// <param name="path">Folder that gets the blocks; it may be the data directory of a Prometheus that does not run.</param>
    /// <param name="times">Samples outside are left out.</param>
    /// <param name="lengthMs">Length of the ranges.</param>
    /// <param name="cancellationToken">Stops the work; blocks that are written stay.</param>
    /// <exception cref="IOException">Samples cannot be read, or blocks not written.</exception>
    public async Task<int> RunAsync(string path, QueryRange times, long lengthMs, CancellationToken cancellationToken)
    {
        string root = Path.GetFullPath(path);
        LocalFileSystem.Instance.CreateDirectory(root);
        LocalFileSystem.Instance.CreateDirectory(Path.Combine(root, "wal")); // promtool reads no directory without one
        var exporter = new BlockExporter(LocalFileSystem.Instance, target);
        long done = long.MinValue;
        foreach (QueryRange stretch in await stored.FindTimesAsync(times, cancellationToken))
        {
            for (BlockRange range = BlockRange.Containing(Math.Max(stretch.MinTime, done), lengthMs); range.Start <= stretch.MaxTime;
                range = BlockRange.Containing(range.End, lengthMs))
            {
                await ExportAsync(exporter, range, times, root, cancellationToken);
                done = range.End;
                if (range.End == long.MaxValue)
                {
                    break;
                }
            }
        }

        return Summarize();
    }

    private async Task ExportAsync(BlockExporter exporter, BlockRange range, QueryRange times, string root, CancellationToken cancellationToken)
    {
        IQuerier? querier = await stored.OpenQuerierAsync(new(range.Start, range.End - 1), cancellationToken);
        if (querier is null)
        {
            return;
        }

        await using (querier)
        {
            PrometheusBlockMeta? meta = await exporter.WriteAsync(querier, range, times, stored.Deletions, tenant, root, _report, cancellationToken);
            foreach (MissingData missing in querier.Missing)
            {
                throw new IOException($"samples are missing, an export would not be whole: {missing}");
            }

            if (meta is not null)
            {
                _blocks++;
                _samples += meta.Samples;
                progress.Clear();
                output.WriteLine($"{meta.Id}: {meta.Samples} samples of {meta.Series} series from {TimeText.Format(range.Start)} to {TimeText.Format(range.End)}");
            }

            progress.Report("exported samples", _samples, 0);
        }
    }

    private int Summarize()
    {
        progress.Clear();
        foreach (string series in _report.Named)
        {
            output.WriteLine($"NOT EXPORTED: {series}, which Prometheus 2.42 does not know (--compat 3.x writes them)");
        }

        output.WriteLine($"{_blocks} blocks with {_samples} samples exported, {_report.HistogramsLeftOut} histograms left out");
        if (_report.StartTimestampsLeftOut > 0)
        {
            output.WriteLine($"{_report.StartTimestampsLeftOut} samples have start timestamps, for which these blocks have no room: exported without");
        }

        return _report.HistogramsLeftOut == 0 ? ToolCommands.Sound : ToolCommands.Unsound;
    }
}
