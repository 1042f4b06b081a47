using System.Diagnostics.CodeAnalysis;
using RemoteStore.Options;

namespace RemoteStore.Server.Options.Values;

/// <summary>How long downsampled data is kept, in options: <c>5m=90d,1h=0</c>, a resolution and an age each; 0 = for ever.</summary>
internal static class RetentionText
{
    /// <summary>Parses pairs; empty text has none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ages">Ages by resolution in milliseconds.</param>
    /// <param name="error">What is wrong, else null.</param>
    public static bool TryParse(string text, out IReadOnlyDictionary<long, TimeSpan> ages, [NotNullWhen(false)] out string? error)
    {
        var parsed = new Dictionary<long, TimeSpan>();
        ages = parsed;
        error = null;
        foreach (string pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] parts = pair.Split('=', 2);
            if (parts.Length != 2)
            {
                error = $"'{pair}' is not of the form resolution=age";
                return false;
            }

            if (!DurationText.TryParse(parts[0], out TimeSpan resolution, out error) || !DurationText.TryParse(parts[1], out TimeSpan age, out error))
            {
                return false;
            }

            if (resolution < TimeSpan.FromMilliseconds(1) || !parsed.TryAdd((long)resolution.TotalMilliseconds, age))
            {
                error = $"'{parts[0]}' is no resolution, or is named twice";
                return false;
            }
        }

        return true;
    }
}
