using RemoteStore.Model;

namespace RemoteStore.StoreGateway.Catalog;

/// <summary>At which times the answers from a tenant's blocks changed, by version. Not safe for concurrent use.</summary>
internal sealed class BlockChanges
{
    // Of more, a cache that starts anew costs less than remembering them.
    private const int MaxRanges = 1_024;

    private readonly List<(long Version, QueryRange Range)> _ranges = []; // ascending by version
    private long _allChanged;

    /// <summary>Number of changes so far.</summary>
    public long Version { get; private set; }

    /// <summary>Length of the longest windows that were read, in milliseconds.</summary>
    public long LongestWindowMs { get; private set; }

    /// <summary>Notes that answers over some times are others from now on.</summary>
    public void Add(IReadOnlyList<QueryRange> ranges)
    {
        if (ranges.Count == 0)
        {
            return;
        }

        Version++;
        if (_ranges.Count + ranges.Count > MaxRanges)
        {
            _ranges.Clear();
            _allChanged = Version;
            return;
        }

        _ranges.AddRange(ranges.Select(range => (Version, range)));
    }

    /// <summary>Notes that windows are read.</summary>
    public void Reads(long windowMs) => LongestWindowMs = Math.Max(LongestWindowMs, windowMs);

    /// <summary>True when nothing in the range has changed since a version.</summary>
    public bool IsUnchanged(long since, QueryRange range)
    {
        if (since >= Version || range.IsEmpty)
        {
            return true;
        }

        if (_allChanged > since)
        {
            return false;
        }

        for (int i = _ranges.Count - 1; i >= 0 && _ranges[i].Version > since; i--)
        {
            if (range.Overlaps(_ranges[i].Range.MinTime, _ranges[i].Range.MaxTime))
            {
                return false;
            }
        }

        return true;
    }
}
