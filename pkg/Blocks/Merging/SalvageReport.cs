using RemoteStore.Blocks.Parts;

namespace RemoteStore.Blocks.Merging;

/// <summary>What could be saved of a damaged part, and exactly what could not.</summary>
/// <param name="Path">The damaged file; it is left as it was.</param>
/// <param name="Part">The new part; null when nothing was left, and then no file was made.</param>
/// <param name="Lost">What is lost, in the order it was found.</param>
/// <param name="IndexLost">True when header, footer or index were damaged and blocks had to be searched for.</param>
public sealed record SalvageReport(string Path, PartInfo? Part, IReadOnlyList<DamagedBlock> Lost, bool IndexLost)
{
    /// <summary>Samples known to be lost; stretches of unknown content not counted.</summary>
    public long RowsLost => Lost.Sum(static block => (long)(block.Content?.Rows ?? 0));

    /// <summary>Oldest and newest time known to be lost (inclusive, milliseconds); null when nothing was, or nothing is known of it.</summary>
    public (long MinTime, long MaxTime)? TimeLost
    {
        get
        {
            DamagedContent[] known = [.. Lost.Select(static block => block.Content).OfType<DamagedContent>()];
            return known.Length == 0 ? null : (known.Min(static c => c.MinTime), known.Max(static c => c.MaxTime));
        }
    }
}
