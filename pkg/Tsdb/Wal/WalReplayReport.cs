namespace RemoteStore.Tsdb.Wal;

/// <summary>What a replay found.</summary>
public sealed record WalReplayReport
{
    /// <summary>Generation folders read.</summary>
    public int Generations { get; init; }

    /// <summary>Entries delivered.</summary>
    public long Entries { get; init; }

    /// <summary>Bytes of segment files read.</summary>
    public long BytesRead { get; init; }

    /// <summary>Bytes the disk did not give (read errors); they count as zeros.</summary>
    public long UnreadableBytes { get; init; }

    /// <summary>Stretches in which entries are missing, in order. Everything else was delivered, also behind them.</summary>
    public IReadOnlyList<WalBadStretch> BadStretches { get; init; } = [];

    /// <summary>What follows the last whole entry of generations, where that is not nothing.</summary>
    public IReadOnlyList<WalTornTail> TornTails { get; init; } = [];

    /// <summary>Damaged files that say where replay begins; of their generations every entry there is was delivered, as often as it may have been before.</summary>
    public IReadOnlyList<string> DamagedBegins { get; init; } = [];

    /// <summary>Bytes of all <see cref="TornTails"/>.</summary>
    public long TornTailBytes => TornTails.Sum(t => t.SizeBytes);

    /// <summary>True when every entry between the first and the last of each generation was delivered.</summary>
    public bool IsWhole => BadStretches.Count == 0;
}

/// <summary>A stretch of a generation in which entries are missing.</summary>
/// <param name="From">End of the last whole entry before it.</param>
/// <param name="To">Start of the first whole entry behind it, or the end of the generation's files.</param>
/// <param name="FirstSegment">Name of the segment file <paramref name="From"/> lies in.</param>
/// <param name="FromOffset">Offset of <paramref name="From"/> in that file, in bytes.</param>
/// <param name="LastSegment">Name of the segment file <paramref name="To"/> lies in.</param>
/// <param name="ToOffset">Offset of <paramref name="To"/> in that file, in bytes.</param>
/// <param name="FirstLostSequence">Sequence number of the first missing entry; null when the start was truncated before and is not known.</param>
/// <param name="LastLostSequence">Sequence number of the last missing entry; null when nothing follows that would tell.</param>
/// <param name="Copies">Where the bytes were copied to; empty when nothing of them exists or the copy could not be made.</param>
public sealed record WalBadStretch(
    WalPosition From,
    WalPosition To,
    string FirstSegment,
    long FromOffset,
    string LastSegment,
    long ToOffset,
    ulong? FirstLostSequence,
    ulong? LastLostSequence,
    IReadOnlyList<string> Copies)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"generation {From.Generation:x8}, {FirstSegment} offset {FromOffset} to {LastSegment} offset {ToOffset}, "
        + $"entries {FirstLostSequence?.ToString() ?? "unknown"} to {LastLostSequence?.ToString() ?? "unknown"}";
}

/// <summary>
/// Bytes other than zero behind the last whole entry of a generation: the beginning of a write that a crash interrupted and that was never
/// acknowledged, or damage to the last entries. The log cannot tell which.
/// </summary>
/// <param name="From">End of the last whole entry.</param>
/// <param name="SizeBytes">Bytes up to the last that is not zero.</param>
/// <param name="Copies">Where they were copied to.</param>
public sealed record WalTornTail(WalPosition From, long SizeBytes, IReadOnlyList<string> Copies);
