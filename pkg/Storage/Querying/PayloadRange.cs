namespace RemoteStore.Storage.Querying;

/// <summary>Where the bytes of a histogram lie in a <see cref="SampleBuffer"/>.</summary>
/// <param name="Offset">Where they begin.</param>
/// <param name="Length">How many there are; 0 when there is no histogram.</param>
public readonly record struct PayloadRange(int Offset, int Length);
