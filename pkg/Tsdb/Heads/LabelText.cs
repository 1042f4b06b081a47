using RemoteStore.Model.Labels;

namespace RemoteStore.Tsdb.Heads;

/// <summary>Label sets in messages.</summary>
internal static class LabelText
{
    private const int MaxLength = 256;

    /// <summary>The labels as text, cut where a message would become unreadable.</summary>
    public static string Shorten(ReadOnlySpan<byte> canonical)
    {
        string text = LabelSetBuilder.Describe(canonical);
        return text.Length <= MaxLength ? text : string.Concat(text.AsSpan(0, MaxLength), "…");
    }
}
