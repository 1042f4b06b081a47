using System.Globalization;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tool.Commands;

/// <summary><c>rstool block ls|inspect|verify</c></summary>
internal static class BlockCommands
{
    /// <summary>Lists blocks by their <c>meta.json</c>.</summary>
    public static async Task<int> ListAsync(IReadOnlyList<FoundBlock> blocks, TextWriter output, CancellationToken cancellationToken)
    {
        var table = new TextTable("BLOCK", "TENANT", "LEVEL", "SERIES", "SAMPLES", "HISTOGRAMS", "BYTES", "B/SAMPLE", "OLDEST", "NEWEST");
        var problems = new List<string>();
        long bytes = 0;
        long samples = 0;
        foreach (FoundBlock block in blocks)
        {
            try
            {
                BlockMeta meta = await ReadMetaAsync(block, cancellationToken);
                long count = meta.Stats.FloatSamples + meta.Stats.HistogramSamples;
                table.Add(
                    meta.Id.ToString(), meta.Tenant.Name, Number(meta.Level), Number(meta.Stats.Series), Number(meta.Stats.FloatSamples),
                    Number(meta.Stats.HistogramSamples), Number(meta.SizeBytes), PerSample(meta.SizeBytes, count),
                    meta.IsEmpty ? "-" : TimeText.Format(meta.MinTime), meta.IsEmpty ? "-" : TimeText.Format(meta.MaxTime));
                bytes += meta.SizeBytes;
                samples += count;
            }
            catch (IOException e)
            {
                problems.Add($"{block.Place}: {e.Message}");
            }
        }

        table.WriteTo(output);
        problems.ForEach(output.WriteLine);
        output.WriteLine($"{blocks.Count - problems.Count} blocks, {bytes} bytes{(samples == 0 ? "" : $", {PerSample(bytes, samples)} bytes per sample")}");
        return problems.Count == 0 ? ToolCommands.Sound : ToolCommands.Unsound;
    }

    /// <summary>Tells what blocks hold and where their bytes go.</summary>
    public static async Task<int> InspectAsync(IReadOnlyList<FoundBlock> blocks, TextWriter output, CancellationToken cancellationToken)
    {
        foreach (FoundBlock block in blocks)
        {
            BlockMeta meta = await ReadMetaAsync(block, cancellationToken);
            BlockStats stats = meta.Stats;
            long samples = stats.FloatSamples + stats.HistogramSamples;
            output.WriteLine($"block {meta.Id}, format version {meta.Version}, in {block.Place}");
            output.WriteLine($"  tenant {meta.Tenant}, level {meta.Level}, resolution {(meta.ResolutionMs == 0 ? "as received" : meta.ResolutionMs + " ms")}");
            output.WriteLine($"  range   {TimeText.Format(meta.Range.Start)} to {TimeText.Format(meta.Range.End)}");
            output.WriteLine(meta.IsEmpty ? "  samples none" : $"  samples {TimeText.Format(meta.MinTime)} to {TimeText.Format(meta.MaxTime)}");
            output.WriteLine(
                $"  {stats.Series} series, {stats.LabelPairs} label pairs, {stats.FloatSamples} floats, {stats.HistogramSamples} histograms, {stats.Chunks} chunks, "
                + $"{stats.Columns} timestamp columns");
            output.WriteLine($"  made of {(meta.Sources.Count == 0 ? "nothing named" : string.Join(", ", meta.Sources))}");
            var table = new TextTable("  SECTION", "BYTES", "B/SERIES", "B/SAMPLE");
            foreach ((string name, long bytes) in new[]
            {
                ("label pairs", stats.PairBytes), ("series", stats.SeriesBytes), ("postings", stats.PostingsBytes), ("directories", stats.DirectoryBytes),
                ("sample pages", stats.SamplePageBytes), ("column pages", stats.ColumnPageBytes), ("all", meta.SizeBytes),
            })
            {
                table.Add("  " + name, Number(bytes), PerSample(bytes, stats.Series), PerSample(bytes, samples));
            }

            table.WriteTo(output);
            foreach (BlockFileInfo file in meta.Files)
            {
                output.WriteLine($"  {file.File.ToString().ToLowerInvariant()}: {file.SizeBytes} bytes, checksum {file.Checksum.ToString("x16", CultureInfo.InvariantCulture)}");
            }
        }

        return ToolCommands.Sound;
    }

    /// <summary>Reads and decodes blocks whole and names every damaged place.</summary>
    public static async Task<int> VerifyAsync(
        IReadOnlyList<FoundBlock> blocks, TextWriter output, ProgressLine progress, CancellationToken cancellationToken)
    {
        int damaged = 0;
        foreach (FoundBlock block in blocks)
        {
            List<string> faults = await FaultsOfAsync(block, progress, cancellationToken);
            progress.Clear();
            damaged += faults.Count == 0 ? 0 : 1;
            output.WriteLine($"{block.Place}: {(faults.Count == 0 ? "ok" : "DAMAGED")}");
            foreach (string fault in faults)
            {
                output.WriteLine($"  {fault}");
            }
        }

        output.WriteLine($"{blocks.Count} blocks read, {damaged} damaged");
        return damaged == 0 ? ToolCommands.Sound : ToolCommands.Unsound;
    }

    private static async Task<List<string>> FaultsOfAsync(FoundBlock block, ProgressLine progress, CancellationToken cancellationToken)
    {
        try
        {
            await using IBlockSource source = block.Open();
            BlockVerification found = await BlockReader.VerifyAsync(
                source, new Relay(done => progress.Report(block.Name, done.BytesDone, done.BytesTotal)), cancellationToken);
            return [.. found.Damage.Select(static damage => damage.ToString())];
        }
        catch (IOException e)
        {
            return [e is CorruptDataException ? e.Message : $"cannot be read: {e.Message}"];
        }
    }

    private static async Task<BlockMeta> ReadMetaAsync(FoundBlock block, CancellationToken cancellationToken)
    {
        await using IBlockSource source = block.Open();
        return await BlockReader.ReadMetaAsync(source, cancellationToken);
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string PerSample(long bytes, long count) => count == 0 ? "-" : ((double)bytes / count).ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>Reports at once, on the thread that works.</summary>
    private sealed class Relay(Action<BlockProgress> report) : IProgress<BlockProgress>
    {
        public void Report(BlockProgress value) => report(value);
    }
}
