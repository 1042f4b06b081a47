namespace RemoteStore.Storage.Querying;

/// <summary>How much a <see cref="SampleBuffer"/> holds: what is appended later belongs to the next series.</summary>
/// <param name="Floats">Float samples.</param>
/// <param name="Histograms">Histogram samples.</param>
/// <param name="Windows">Windows of floats.</param>
/// <param name="HistogramWindows">Windows of histograms.</param>
public readonly record struct SampleMark(int Floats, int Histograms, int Windows, int HistogramWindows);
