using RemoteStore.Tsdb.Registry;

namespace RemoteStore.Tsdb.Eviction;

/// <summary>
/// Which series of a tenant may leave memory: those whose rows are all in blocks. A series' newest row tells where its rows can be: none is in a memtable
/// or part when that row is numbered below every row there.
/// </summary>
internal sealed class EvictionRule
{
    private readonly long _watermarkMs;
    private readonly long _floorRow;
    private readonly uint _refEnd;
    private readonly HashSet<uint> _pinned;

    /// <summary>Makes the rule of one run.</summary>
    /// <param name="watermarkMs">Everything before it was cut; a series with newer samples goes on being written and stays.</param>
    /// <param name="floorRow">See <see cref="EvictionFloor"/>.</param>
    /// <param name="refEnd">Series from here on may not be in the series log yet, and stay.</param>
    /// <param name="pinned">Series that exemplars name; they stay as long as those.</param>
    public EvictionRule(long watermarkMs, long floorRow, uint refEnd, IEnumerable<uint> pinned)
    {
        _watermarkMs = watermarkMs;
        _floorRow = floorRow;
        _refEnd = refEnd;
        _pinned = [.. pinned];
    }

    /// <summary>True when the series may leave memory.</summary>
    public bool Allows(in SeriesState state) =>
        state.LastTimestamp < _watermarkMs
        && Volatile.Read(in state.HeadRow) < _floorRow
        && state.Ref.Value < _refEnd
        && !_pinned.Contains(state.Ref.Value);
}
