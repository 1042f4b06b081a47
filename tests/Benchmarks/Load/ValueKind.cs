namespace RemoteStore.Benchmarks.Load;

/// <summary>How a series' value moves from scrape to scrape.</summary>
internal enum ValueKind : byte
{
    /// <summary>Never changes.</summary>
    Constant,

    /// <summary>Whole number, grows at nearly every scrape.</summary>
    Counter,

    /// <summary>Whole number, grows at about every eighth scrape.</summary>
    SlowCounter,

    /// <summary>Seconds in hundredths, grows by up to 15 s.</summary>
    Seconds,

    /// <summary>Sum of durations: full precision of a double.</summary>
    DurationSum,

    /// <summary>Random walk with three decimals.</summary>
    Decimal,

    /// <summary>Random walk over small whole numbers.</summary>
    WholeGauge,

    /// <summary>Random walk over multiples of 4096.</summary>
    Bytes,

    /// <summary>First bucket of a histogram.</summary>
    FirstBucket,

    /// <summary>A further bucket, or the count, of the histogram before it: grows by at least as much.</summary>
    NextBucket,
}
