using RemoteStore.Model;

namespace RemoteStore.Storage.Deleting;

/// <summary>Several deletions of a tenant, asked for one series after another. Immutable; safe for concurrent use.</summary>
public sealed class SeriesDeletions
{
    private readonly SeriesDeletion[] _deletions;

    /// <summary>Takes the deletions, in any order; they may overlap.</summary>
    public SeriesDeletions(IEnumerable<SeriesDeletion> deletions)
    {
        _deletions = [.. deletions.Where(static deletion => !deletion.Range.IsEmpty).OrderBy(static deletion => deletion.Range.MinTime)];
        MaxTime = _deletions.Length == 0 ? long.MinValue : _deletions.Max(static deletion => deletion.Range.MaxTime);
    }

    /// <summary>No deletions.</summary>
    public static SeriesDeletions None { get; } = new([]);

    /// <summary>The deletions, ascending by start.</summary>
    public IReadOnlyList<SeriesDeletion> All => _deletions;

    /// <summary>True when there is none.</summary>
    public bool IsEmpty => _deletions.Length == 0;

    /// <summary>Greatest time of all ranges; the least possible time when there is none. Samples behind it are not concerned, whatever their series.</summary>
    public long MaxTime { get; }

    /// <summary>Those whose range has a time of the given one.</summary>
    public SeriesDeletions Within(QueryRange range)
    {
        int overlapping = _deletions.Count(deletion => Overlap(deletion, range));
        return overlapping == _deletions.Length ? this : overlapping == 0 ? None : new(_deletions.Where(deletion => Overlap(deletion, range)));
    }

    /// <summary>Times at which the series has lost its samples.</summary>
    /// <param name="labels">Its canonical label bytes.</param>
    /// <param name="ranges">Cleared, then filled with ranges that ascend and do not touch.</param>
    /// <returns>True when there is one.</returns>
    public bool RangesOf(ReadOnlySpan<byte> labels, List<QueryRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        ranges.Clear();
        foreach (SeriesDeletion deletion in _deletions)
        {
            if (!deletion.Matches(labels))
            {
                continue;
            }

            QueryRange next = deletion.Range;
            if (ranges.Count > 0 && (ranges[^1].MaxTime == long.MaxValue || next.MinTime <= ranges[^1].MaxTime + 1))
            {
                ranges[^1] = new(ranges[^1].MinTime, Math.Max(ranges[^1].MaxTime, next.MaxTime));
            }
            else
            {
                ranges.Add(next);
            }
        }

        return ranges.Count > 0;
    }

    private static bool Overlap(SeriesDeletion deletion, QueryRange range) => deletion.Range.Overlaps(range.MinTime, range.MaxTime);
}
