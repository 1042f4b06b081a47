using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Merging;

/// <summary>Decides which samples a merge of blocks leaves out: those of series that someone asked to delete.</summary>
public interface ISampleFilter
{
    /// <summary>What is kept of a series.</summary>
    /// <param name="labels">The series, valid for the call.</param>
    /// <param name="samples">Its samples, ascending, one per timestamp.</param>
    /// <returns>The same buffer, or one of the filter's own, valid until the next call.</returns>
    SampleBuffer Keep(LabelSet labels, SampleBuffer samples);
}
