namespace RemoteStore.Downsampler;

/// <summary>A resolution, and when it is made.</summary>
/// <param name="Resolution">Length of its windows.</param>
/// <param name="Age">A stretch of time is downsampled this long after its end.</param>
public readonly record struct DownsampleTier(TimeSpan Resolution, TimeSpan Age)
{
    /// <summary>Length of its windows, milliseconds.</summary>
    public long ResolutionMs => (long)Resolution.TotalMilliseconds;
}
