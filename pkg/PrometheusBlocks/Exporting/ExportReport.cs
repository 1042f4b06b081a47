using RemoteStore.Model.Labels;

namespace RemoteStore.PrometheusBlocks.Exporting;

/// <summary>What an export could not write, by series. The first few are named, all are counted.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class ExportReport
{
    /// <summary>How many series are named.</summary>
    public const int MaxNamed = 100;

    private readonly List<string> _named = [];

    /// <summary>Histograms that the reader does not know, and that are therefore not in the blocks.</summary>
    public long HistogramsLeftOut { get; private set; }

    /// <summary>Samples that are in the blocks without their start timestamps, for which the chunks have no room.</summary>
    public long StartTimestampsLeftOut { get; private set; }

    /// <summary>Series, per block, that lack histograms, and how many; the first <see cref="MaxNamed"/>.</summary>
    public IReadOnlyList<string> Named => _named;

    internal void LeaveOut(LabelSet labels, long histograms)
    {
        HistogramsLeftOut += histograms;
        if (_named.Count < MaxNamed)
        {
            _named.Add($"{labels}: {histograms} histograms with custom buckets");
        }
    }

    internal void LeaveOutStarts(long samples) => StartTimestampsLeftOut += samples;
}
