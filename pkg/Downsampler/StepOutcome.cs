namespace RemoteStore.Downsampler;

/// <summary>What became of a step.</summary>
internal enum StepOutcome
{
    /// <summary>Nothing is to be done now.</summary>
    Nothing,

    /// <summary>A block was made; there may be more to do.</summary>
    Made,

    /// <summary>A block could not be made; others may.</summary>
    Failed,
}
