using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>What a function over windows sees at one step.</summary>
internal readonly ref struct WindowStep
{
    private readonly ReadOnlySpan<WindowAggregate> _floats;
    private readonly ReadOnlySpan<WindowAggregate> _spans;
    private readonly ReadOnlySpan<HistogramPiece> _histograms;

    public WindowStep(
        ReadOnlySpan<WindowAggregate> floats,
        WindowChoice ofFloats,
        ReadOnlySpan<WindowAggregate> spans,
        ReadOnlySpan<HistogramPiece> histograms,
        WindowChoice ofHistograms)
    {
        _floats = floats;
        _spans = spans;
        _histograms = histograms;
        OfFloats = ofFloats;
        OfHistograms = ofHistograms;
    }

    /// <summary>The step.</summary>
    public int Step { get; init; }

    /// <summary>Evaluation time.</summary>
    public long TimeMs { get; init; }

    /// <summary>Left end of the range asked for, exclusive.</summary>
    public long StartMs { get; init; }

    /// <summary>Right end of the range asked for, inclusive.</summary>
    public long EndMs { get; init; }

    /// <summary>Length of the range asked for.</summary>
    public long RangeMs => EndMs - StartMs;

    /// <summary>Which windows of floats stand for the range.</summary>
    public WindowChoice OfFloats { get; }

    /// <summary>Which windows of histograms do.</summary>
    public WindowChoice OfHistograms { get; }

    /// <summary>Windows of floats.</summary>
    public ReadOnlySpan<WindowAggregate> Floats => _floats[OfFloats.First..OfFloats.End];

    /// <summary>Spans and numbers of the windows of histograms.</summary>
    public ReadOnlySpan<WindowAggregate> Spans => _spans[OfHistograms.First..OfHistograms.End];

    /// <summary>Their histograms.</summary>
    public ReadOnlySpan<HistogramPiece> Histograms => _histograms[OfHistograms.First..OfHistograms.End];

    /// <summary>The window of floats in which the range ends, when its first sample lies before that end.</summary>
    public bool TryGetCut(out WindowAggregate window)
    {
        window = OfFloats.Cut >= 0 ? _floats[OfFloats.Cut] : default;
        return OfFloats.Cut >= 0;
    }

    /// <summary>The same of histograms.</summary>
    public bool TryGetHistogramCut(out WindowAggregate span, out HistogramPiece? histograms)
    {
        bool isCut = OfHistograms.Cut >= 0;
        span = isCut ? _spans[OfHistograms.Cut] : default;
        histograms = isCut ? _histograms[OfHistograms.Cut] : null;
        return isCut;
    }
}
