using RemoteStore.Model.Samples;

namespace RemoteStore.Wire.PrometheusChunks;

/// <summary>The byte of a histogram chunk that tells of counter resets, in its two uppermost bits.</summary>
internal static class HistogramChunkHeader
{
    private const byte Mask = 0b1100_0000;
    private const byte CounterReset = 0b1000_0000;
    private const byte NotCounterReset = 0b0100_0000;

    /// <summary>The byte for a chunk that begins with a histogram of this hint.</summary>
    public static byte Of(CounterResetHint hint) => hint switch
    {
        CounterResetHint.CounterReset => CounterReset,
        CounterResetHint.NotCounterReset => NotCounterReset,
        CounterResetHint.Gauge => Mask,
        _ => 0,
    };

    /// <summary>
    /// The hint of a sample, as Prometheus reads it: that a chunk goes on where another ended is not taken for "no reset" at its first sample, for the other may
    /// be gone.
    /// </summary>
    public static CounterResetHint HintOf(byte header, bool isFirst) => (header & Mask) switch
    {
        Mask => CounterResetHint.Gauge,
        _ when !isFirst => CounterResetHint.NotCounterReset,
        CounterReset => CounterResetHint.CounterReset,
        _ => CounterResetHint.Unknown,
    };
}
