using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Merging;

/// <summary>Decides which samples a merge of blocks leaves out: those of series that someone asked to delete.</summary>
public interface ISampleFilter
{
    /// <summary>Removes the samples that are not to be kept.</summary>
    /// <param name="labels">The series, valid for the call.</param>
    /// <param name="samples">Its samples, ascending, one per timestamp.</param>
    void Apply(LabelSet labels, SampleBuffer samples);
}
