using RemoteStore.Model;

namespace RemoteStore.Index;

/// <summary>Gives the labels of a series, so that a few candidates are tested by their labels instead of by long lists.</summary>
public interface ILabelSource
{
    /// <summary>Canonical label bytes of a series; empty when they are not known. Safe for concurrent use.</summary>
    ReadOnlySpan<byte> GetLabels(SeriesRef seriesRef);
}
