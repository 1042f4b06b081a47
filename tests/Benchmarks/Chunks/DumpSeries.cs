namespace RemoteStore.Benchmarks.Chunks;

/// <summary>A series of the captured data.</summary>
/// <param name="Name">The metric name.</param>
/// <param name="Labels">All labels, the name among them, in the order of the dump.</param>
/// <param name="TimestampsMs">Ascending.</param>
/// <param name="ValueBits">Bits of the values; every NaN is .NET's, because the dump does not tell.</param>
internal sealed record DumpSeries(string Name, IReadOnlyList<KeyValuePair<string, string>> Labels, long[] TimestampsMs, long[] ValueBits)
{
    /// <summary>Samples.</summary>
    public int Count => ValueBits.Length;

    /// <summary>True when the value changes at least once.</summary>
    public bool IsActive => ValueBits.AsSpan().ContainsAnyExcept(ValueBits[0]);

    /// <summary>Every n-th sample: 3 makes 15 s data of 5 s data, 12 makes 60 s.</summary>
    public DumpSeries Thin(int every) => every == 1 ? this : this with
    {
        TimestampsMs = [.. TimestampsMs.Where((_, i) => i % every == 0)],
        ValueBits = [.. ValueBits.Where((_, i) => i % every == 0)],
    };
}
