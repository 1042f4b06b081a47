namespace RemoteStore.Tsdb.Heads;

/// <summary>Bits of <see cref="Registry.SeriesState.Flags"/>; saved in registry snapshots, never renumber.</summary>
internal static class SeriesFlags
{
    /// <summary>The newest sample is a native histogram; the value bits are its <see cref="HistogramBits"/>.</summary>
    public const byte LastIsHistogram = 1;
}
