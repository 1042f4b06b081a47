namespace RemoteStore.QueryFrontend.Splitting;

/// <summary>
/// Joins the annotations of pieces as one evaluation would have them: each text once, with one place. Where it cannot be told which place, or what numbers, one
/// evaluation would name, it says so.
/// </summary>
internal sealed class AnnotationMerge
{
    /// <summary>Its report tells of numbers over all steps.</summary>
    private const string Summed = "needed to be fixed for monotonicity";

    private readonly Dictionary<string, string> _byText = new(StringComparer.Ordinal);
    private int _sources;
    private int _summedSources;

    /// <summary>True when the pieces together do not tell what the whole would.</summary>
    public bool IsAmbiguous { get; private set; }

    /// <summary>The annotations, those of several pieces in ordinal order: no order of pieces is that of one evaluation.</summary>
    public IReadOnlyList<string> Texts => _sources > 1 ? [.. _byText.Values.Order(StringComparer.Ordinal)] : [.. _byText.Values];

    /// <summary>Adds the annotations of a piece.</summary>
    public void Add(IReadOnlyList<string> texts)
    {
        _sources += texts.Count > 0 ? 1 : 0;
        _summedSources += texts.Any(static text => text.Contains(Summed, StringComparison.Ordinal)) ? 1 : 0;
        foreach (string text in texts)
        {
            if (!_byText.TryAdd(WithoutPlace(text), text))
            {
                IsAmbiguous |= _byText[WithoutPlace(text)] != text;
            }
        }

        IsAmbiguous |= _summedSources > 1;
    }

    private static string WithoutPlace(string text) => text.LastIndexOf(" (", StringComparison.Ordinal) is var at and >= 0 ? text[..at] : text;
}
