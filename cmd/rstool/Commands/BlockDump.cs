using System.Globalization;
using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Parser;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Tool.Commands;

/// <summary><c>rstool block dump</c>: a line per sample, <c>{label="value", …} VALUE TIMESTAMP_MS</c>, series in label order, floats before histograms.</summary>
internal static class BlockDump
{
    /// <summary>Prints samples.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="match">Series selector, or null for all.</param>
    /// <param name="range">Times wanted.</param>
    /// <param name="seriesOnly">True for a line per series without its samples.</param>
    /// <param name="output">Gets the lines.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<FoundBlock> blocks, string? match, QueryRange range, bool seriesOnly, TextWriter output, ProgressLine progress, CancellationToken cancellationToken)
    {
        IReadOnlyList<LabelMatcher> matchers = [];
        if (match is not null)
        {
            if (!PromQLParser.TryParseMatchers(match, out IReadOnlyList<LabelMatcher>? parsed, out IReadOnlyList<ParseFault>? faults))
            {
                throw new FormatException(faults[0].ToString());
            }

            matchers = parsed;
        }

        using var cache = new BlockSectionCache();
        foreach (FoundBlock found in blocks)
        {
            using BlockReader block = await BlockReader.OpenAsync(found.Open(), cache, cancellationToken);
            if (!block.Meta.Overlaps(range))
            {
                continue;
            }

            if (matchers.Count == 0)
            {
                await DumpAllAsync(block, range, seriesOnly, output, progress, cancellationToken);
            }
            else
            {
                await DumpAsync(block, matchers, range, seriesOnly, output, cancellationToken);
            }

            progress.Clear();
        }

        return ToolCommands.Sound;
    }

    private static async Task DumpAllAsync(
        BlockReader block, QueryRange range, bool seriesOnly, TextWriter output, ProgressLine progress, CancellationToken cancellationToken)
    {
        await using BlockCursor cursor = block.OpenCursor(range);
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            string labels = cursor.Labels.ToString();
            SampleBuffer samples = cursor.Samples;
            if (samples.Count > 0 || samples.HistogramCount > 0)
            {
                Write(labels, samples.Timestamps, samples.ValueBits, samples.StartTimestamps, samples.Histograms, samples, seriesOnly, output);
            }

            progress.Report(block.Meta.Id.ToString(), cursor.Number, block.Meta.Stats.Series);
        }
    }

    private static async Task DumpAsync(
        BlockReader block, IReadOnlyList<LabelMatcher> matchers, QueryRange range, bool seriesOnly, TextWriter output, CancellationToken cancellationToken)
    {
        await using IQuerier querier = block.OpenQuerier(range);
        await using ISeriesSet set = await querier.SelectAsync(sorted: true, new SelectHints(range), matchers, cancellationToken);
        while (await set.MoveNextAsync(cancellationToken))
        {
            SeriesBatch batch = set.Current;
            for (int i = 0; i < batch.Count; i++)
            {
                Write(
                    batch.Labels(i).ToString(), batch.Timestamps(i), batch.ValueBits(i), batch.StartTimestamps(i), batch.Histograms(i), batch.Samples, seriesOnly,
                    output);
            }
        }
    }

    private static void Write(
        string labels,
        ReadOnlySpan<long> timestamps,
        ReadOnlySpan<long> bits,
        ReadOnlySpan<long> starts,
        ReadOnlySpan<HistogramSample> histograms,
        SampleBuffer samples,
        bool seriesOnly,
        TextWriter output)
    {
        if (seriesOnly)
        {
            output.WriteLine(labels);
            return;
        }

        for (int i = 0; i < timestamps.Length; i++)
        {
            output.WriteLine($"{labels} {Value(bits[i])} {timestamps[i]}{Start(starts.IsEmpty ? 0 : starts[i])}");
        }

        foreach (HistogramSample sample in histograms)
        {
            output.WriteLine($"{labels} {Describe(samples.Payload(sample))} {sample.TimestampMs}{Start(sample.StartTimestampMs)}");
        }
    }

    private static string Start(long startMs) => startMs == 0 ? "" : $" start={startMs}";

    /// <summary>Shortest text that reads back as the same number; NaNs that are not the ordinary one show their bits.</summary>
    private static string Value(long bits) => bits switch
    {
        SampleBits.NormalNaN => "NaN",
        SampleBits.StaleMarker => "StaleNaN",
        _ when SampleBits.IsNaN(bits) => string.Create(CultureInfo.InvariantCulture, $"NaN(0x{bits:x16})"),
        _ => BitConverter.Int64BitsToDouble(bits) switch
        {
            double.PositiveInfinity => "+Inf",
            double.NegativeInfinity => "-Inf",
            double value => value.ToString("R", CultureInfo.InvariantCulture),
        },
    };

    private static string Describe(ReadOnlySpan<byte> payload) =>
        HistogramPayload.TryDecode(payload, out NativeHistogram? histogram)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"histogram{{schema={histogram.Schema}, count={histogram.Count:R}, sum={Value(histogram.SumBits)}, zero={histogram.ZeroCount:R}, payload={Convert.ToHexStringLower(payload)}}}")
            : $"histogram{{payload={Convert.ToHexStringLower(payload)}}}";
}
