using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Merging;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>
/// Makes a block of windows of blocks of samples or of finer windows, series by series in label order. Memory: what <see cref="WindowColumnsWriter"/> keeps, a few
/// pages of each input, and the samples of some series.
/// </summary>
public static class WindowBlockBuilder
{
    private const int CheckEvery = 256;

    /// <summary>Downsamples.</summary>
    /// <param name="inputs">
    /// What there is of each stretch of time. Blocks of samples may overlap, and are merged by the rule of reads; blocks of windows overlap with nothing.
    /// </param>
    /// <param name="files">Where the new block is written.</param>
    /// <param name="directory">Its directory, ending in <c>&lt;tenant&gt;/&lt;ULID&gt;</c>.</param>
    /// <param name="options">What it is; the range of the block holds those of all inputs.</param>
    /// <param name="filter">Leaves out samples and windows that are read; null to keep all.</param>
    /// <param name="cancellationToken">Checked between series; nothing is left behind.</param>
    /// <exception cref="DamagedBlockException">An input is damaged.</exception>
    /// <exception cref="IOException">An input cannot be read, or the output cannot be written.</exception>
    public static async ValueTask<WindowBuild> BuildAsync(
        IReadOnlyList<WindowInput> inputs,
        IFileSystem files,
        string directory,
        BlockWriterOptions options,
        ISampleFilter? filter,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(options);
        using WindowColumnsWriter writer = WindowColumnsWriter.Create(files, directory, options);
        var streams = new List<WindowInputStream>(inputs.Count);
        try
        {
            foreach (WindowInput input in inputs.OrderBy(static input => input.Range.MinTime))
            {
                streams.Add(WindowInputStream.Open(input));
            }

            var aggregator = new WindowAggregator(options.ResolutionMs);
            long samples = await CopyAsync(streams, writer, aggregator, filter, cancellationToken).ConfigureAwait(false);
            return new WindowBuild
            {
                Block = writer.SeriesCount > 0 ? writer.Finish(cancellationToken) : null,
                Series = writer.SeriesCount,
                InputSamples = samples,
                LeftOutCount = writer.LeftOutCount,
                LeftOut = writer.LeftOut,
                UnreadableHistograms = aggregator.UnreadableHistograms,
            };
        }
        finally
        {
            foreach (WindowInputStream stream in streams)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask<long> CopyAsync(
        List<WindowInputStream> streams, WindowColumnsWriter writer, WindowAggregator aggregator, ISampleFilter? filter, CancellationToken cancellationToken)
    {
        var joined = new SampleBuffer();
        var windows = new SampleBuffer();
        var current = new List<WindowInputStream>(streams);
        var live = new List<WindowInputStream>(streams);
        long read = 0;
        for (int series = 0; ; series++)
        {
            if (series % CheckEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            foreach (WindowInputStream stream in current)
            {
                if (!await stream.MoveNextAsync(cancellationToken).ConfigureAwait(false))
                {
                    _ = live.Remove(stream);
                }
            }

            if (live.Count == 0)
            {
                return read;
            }

            LabelSet labels = FindLowest(live, current);
            SampleBuffer samples = current.Count == 1 ? current[0].Samples : Join(current, joined);
            read += samples.Count + samples.HistogramCount + samples.Windows.Length + samples.HistogramWindows.Length;
            windows.Clear();
            aggregator.Aggregate(filter is null ? samples : filter.Keep(labels, samples), windows);
            writer.AddSeries(labels, windows);
        }
    }

    private static SampleBuffer Join(List<WindowInputStream> streams, SampleBuffer joined)
    {
        joined.Clear();
        foreach (WindowInputStream stream in streams)
        {
            joined.Add(stream.Samples);
        }

        joined.SortAndDeduplicate(default(SampleMark));
        return joined;
    }

    /// <summary>The lowest label set of all inputs, and the inputs that are at it.</summary>
    private static LabelSet FindLowest(List<WindowInputStream> live, List<WindowInputStream> current)
    {
        current.Clear();
        foreach (WindowInputStream stream in live)
        {
            int order = current.Count == 0 ? 0 : LabelOrder.Compare(stream.Labels.Bytes.Span, current[0].Labels.Bytes.Span);
            if (order < 0)
            {
                current.Clear();
            }

            if (order <= 0)
            {
                current.Add(stream);
            }
        }

        return current[0].Labels;
    }
}
