using System.Globalization;
using System.Text;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Tests.Windows;

/// <summary>What a query gives, as lines of text in the order in which it came; values are told by their bits.</summary>
internal sealed class WindowView
{
    private readonly List<string> _lines = [];

    /// <summary>What the querier of a block gives.</summary>
    public static WindowView Read(BlockReader block, SelectHints hints, params LabelMatcher[] matchers) =>
        ReadAsync(block.OpenQuerier(QueryRange.All), hints, matchers).AsTask().GetAwaiter().GetResult();

    public static async ValueTask<WindowView> ReadAsync(IQuerier opened, SelectHints hints, LabelMatcher[] matchers)
    {
        var view = new WindowView();
        await using IQuerier querier = opened;
        await using ISeriesSet set = await querier.SelectAsync(true, hints, matchers, CancellationToken.None);
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            SeriesBatch batch = set.Current;
            for (int i = 0; i < batch.Count; i++)
            {
                view.Add(batch.Labels(i), batch.Windows(i).ToArray(), batch.HistogramWindows(i).ToArray(), batch.Samples, WindowColumns.All);
                var samples = new SampleBuffer();
                batch.CopySamples(i, samples);
                view.AddSamples(samples);
            }
        }

        return view;
    }

    /// <summary>The windows of a model of which the span is wanted.</summary>
    public static WindowView Of(WindowModel model, Func<WindowAggregate, bool> wanted, WindowColumns columns)
    {
        var view = new WindowView();
        foreach ((LabelSet labels, SampleBuffer samples) in model.Series)
        {
            SampleBuffer windows = WindowModel.WindowsOf(samples);
            WindowAggregate[] floats = [.. windows.Windows.ToArray().Where(wanted)];
            HistogramWindow[] histograms =
                [.. windows.HistogramWindows.ToArray().Where(w => wanted(new WindowAggregate { EndMs = w.EndMs, ResolutionMs = w.ResolutionMs }))];
            if (floats.Length + histograms.Length > 0)
            {
                view.Add(labels, floats, histograms, windows, columns);
            }
        }

        return view;
    }

    /// <summary>The last sample of each window of a model, and the stale markers that end series.</summary>
    public static WindowView LastOf(WindowModel model)
    {
        var view = new WindowView();
        foreach ((LabelSet labels, SampleBuffer samples) in model.Series)
        {
            SampleBuffer windows = WindowModel.WindowsOf(samples);
            var kept = windows.Windows.ToArray().SelectMany(static w => new[] { w.Count > 0 ? w.LastMs : 0, w.StaleMs })
                .Concat(windows.HistogramWindows.ToArray().SelectMany(static w => new[] { w.Count > 0 ? w.LastMs : 0, w.StaleMs })).ToHashSet();
            var last = new SampleBuffer();
            for (int i = 0; i < samples.Count; i++)
            {
                if (kept.Contains(samples.Timestamps[i]))
                {
                    last.Add(samples.Timestamps[i], samples.ValueBits[i]);
                }
            }

            foreach (HistogramSample histogram in samples.Histograms)
            {
                if (kept.Contains(histogram.TimestampMs))
                {
                    last.AddHistogram(histogram.TimestampMs, 0, samples.Payload(histogram));
                }
            }

            if (last.Count + last.HistogramCount > 0)
            {
                view.Add(labels, [], [], last, WindowColumns.All);
                view.AddSamples(last);
            }
        }

        return view;
    }

    /// <summary>All of it, for comparison.</summary>
    public string Text => string.Join('\n', _lines);

    private void Add(LabelSet labels, WindowAggregate[] floats, HistogramWindow[] histograms, SampleBuffer source, WindowColumns columns)
    {
        _lines.Add(labels.ToString());
        bool Has(WindowColumns column) => columns.HasFlag(column);
        string Text(WindowColumns column, double value) => Has(column) ? BitConverter.DoubleToInt64Bits(value).ToString("x", CultureInfo.InvariantCulture) : "0";
        string Bytes(WindowColumns column, PayloadRange range) => Has(column) ? Convert.ToHexString(source.Payload(range)) : "";
        bool counted = Has(WindowColumns.Count) || Has(WindowColumns.Sum);
        foreach (WindowAggregate w in floats)
        {
            _lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"  {w.EndMs} {w.ResolutionMs} first {(Has(WindowColumns.First) ? w.FirstMs : 0)} {Text(WindowColumns.First, w.First)} last {w.LastMs} "
                + $"{Text(WindowColumns.Last, w.Last)} count {(counted ? w.Count : Math.Min(1, w.Count))} "
                + $"sum {Text(WindowColumns.Sum, w.Sum)} min {Text(WindowColumns.Min, w.Min)} max {Text(WindowColumns.Max, w.Max)} "
                + $"resets {Text(WindowColumns.Resets, w.Resets)} stale {w.StaleMs}"));
        }

        foreach (HistogramWindow w in histograms)
        {
            _lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"  {w.EndMs} {w.ResolutionMs} histograms first {(Has(WindowColumns.First) ? w.FirstMs : 0)} {Bytes(WindowColumns.First, w.First)} last {w.LastMs} "
                + $"{Bytes(WindowColumns.Last, w.Last)} count {(counted ? w.Count : Math.Min(1, w.Count))} sum {Bytes(WindowColumns.Sum, w.Sum)} "
                + $"resets {Bytes(WindowColumns.Resets, w.Resets)} stale {w.StaleMs}"));
        }
    }

    private void AddSamples(SampleBuffer samples)
    {
        var text = new StringBuilder();
        for (int i = 0; i < samples.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $" {samples.Timestamps[i]}={samples.ValueBits[i]:x}");
        }

        foreach (HistogramSample histogram in samples.Histograms)
        {
            text.Append(CultureInfo.InvariantCulture, $" {histogram.TimestampMs}={Convert.ToHexString(samples.Payload(histogram))}");
        }

        if (text.Length > 0)
        {
            _lines.Add(text.ToString());
        }
    }
}
