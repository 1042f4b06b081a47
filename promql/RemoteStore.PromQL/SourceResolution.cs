using System.Diagnostics.CodeAnalysis;
using RemoteStore.PromQL.Parser;

namespace RemoteStore.PromQL;

/// <summary>How coarse data may be that a query takes in place of raw samples. The default takes none; where nothing else is left, downsampled data is read anyway.</summary>
/// <param name="MaxMs">Coarsest resolution in milliseconds; 0 for none.</param>
/// <param name="IsAuto">True to take what suits the step instead.</param>
public readonly record struct SourceResolution(long MaxMs, bool IsAuto = false)
{
    private const string AutoText = "auto";
    private const int StepsPerAutoResolution = 5;

    /// <summary>A fifth of the step.</summary>
    public static SourceResolution Auto { get; } = new(0, IsAuto: true);

    /// <summary>Reads a duration, or <c>auto</c>.</summary>
    /// <param name="text">A duration as in queries, or <c>auto</c>.</param>
    /// <param name="resolution">What it says.</param>
    /// <param name="fault">What is wrong with it.</param>
    public static bool TryParse(string text, out SourceResolution resolution, [NotNullWhen(false)] out string? fault)
    {
        resolution = default;
        fault = null;
        if (text == AutoText)
        {
            resolution = Auto;
            return true;
        }

        if (!PromDuration.TryParse(text, out long milliseconds))
        {
            fault = $"cannot parse \"{text}\" to a resolution: neither a duration such as 5m nor auto";
            return false;
        }

        resolution = new SourceResolution(milliseconds);
        return true;
    }

    /// <summary>The coarsest resolution for a selector, milliseconds.</summary>
    /// <param name="stepMs">Distance of its evaluations; 0 for one.</param>
    public long ResolveMs(long stepMs) => IsAuto ? stepMs / StepsPerAutoResolution : MaxMs;

    /// <summary>The text that reads as this.</summary>
    public override string ToString() => IsAuto ? AutoText : MaxMs == 0 ? "0s" : PromDuration.Format(MaxMs);
}
