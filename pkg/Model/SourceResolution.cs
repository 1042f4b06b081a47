using System.Diagnostics.CodeAnalysis;

namespace RemoteStore.Model;

/// <summary>
/// How coarse data may be that a query takes in place of raw samples. The default takes none; where nothing else is left, downsampled data is read anyway.
/// </summary>
/// <param name="MaxMs">Coarsest resolution in milliseconds; 0 for none.</param>
/// <param name="IsAuto">True to take what suits the step instead.</param>
public readonly record struct SourceResolution(long MaxMs, bool IsAuto = false)
{
    private const string AutoText = "auto";
    private const string NoneText = "0s";
    private const int ResolutionsPerStep = 5;

    /// <summary>A fifth of the step.</summary>
    public static SourceResolution Auto { get; } = new(0, IsAuto: true);

    /// <summary>Reads a duration such as <c>5m</c>, <c>0s</c> for none, or <c>auto</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="resolution">What it says.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryParse(string text, out SourceResolution resolution, [NotNullWhen(false)] out string? error)
    {
        resolution = default;
        error = null;
        if (text == AutoText)
        {
            resolution = Auto;
            return true;
        }

        if (!PrometheusDuration.TryParse(text, out TimeSpan duration, out string? fault))
        {
            error = $"'{text}' is neither a duration such as 5m nor {AutoText}: {fault}";
            return false;
        }

        resolution = new SourceResolution((long)duration.TotalMilliseconds);
        return true;
    }

    /// <summary>The coarsest resolution for evaluations at such a distance, milliseconds.</summary>
    /// <param name="stepMs">Their distance; that of a single evaluation is next to nothing.</param>
    public long ResolveMs(long stepMs) => IsAuto ? stepMs / ResolutionsPerStep : MaxMs;

    /// <summary>The text that reads as this.</summary>
    public override string ToString() => IsAuto ? AutoText : MaxMs == 0 ? NoneText : PrometheusDuration.Format(TimeSpan.FromMilliseconds(MaxMs));
}
