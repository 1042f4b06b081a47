namespace RemoteStore.Ruler.Evaluation;

/// <summary>Where rules write: the tenant's ingest path, or a store of a test.</summary>
public interface IRuleSink
{
    /// <summary>Stores samples; what is stored is visible to queries when the call returns.</summary>
    /// <param name="samples">Samples of different series. Borrowed until the call returns.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">Nothing of it may be taken as stored.</exception>
    ValueTask<RuleWriteResult> WriteAsync(IReadOnlyList<RuleSample> samples, CancellationToken cancellationToken);
}
