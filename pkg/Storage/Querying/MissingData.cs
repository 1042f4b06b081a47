using System.Globalization;
using RemoteStore.Model;

namespace RemoteStore.Storage.Querying;

/// <summary>Samples that an answer should rest on and does not.</summary>
/// <param name="Range">Times within which samples are missing.</param>
/// <param name="Source">What should have had them: a block, a part, a store. The name stays the same from one attempt to the next.</param>
/// <param name="Reason">Why they are missing, in words.</param>
public sealed record MissingData(QueryRange Range, string Source, string Reason)
{
    /// <summary>True when both tell of the same gap; the reason may be put differently each time.</summary>
    public bool IsSameGap(MissingData other) => other is not null && Range == other.Range && Source == other.Source;

    /// <summary>The gap in one sentence, with times as in RFC 3339; this is what warnings and errors say.</summary>
    public override string ToString() => $"no data of {Source} from {Time(Range.MinTime)} to {Time(Range.MaxTime)}: {Reason}";

    private static string Time(long timestampMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
                Math.Clamp(timestampMs, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()))
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
