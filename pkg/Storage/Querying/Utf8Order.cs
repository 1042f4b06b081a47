namespace RemoteStore.Storage.Querying;

/// <summary>Order of texts by their UTF-8 bytes, which is that of their code points; ordinal order of UTF-16 differs beyond U+FFFF.</summary>
public sealed class Utf8Order : IComparer<string>
{
    private Utf8Order()
    {
    }

    /// <summary>The one instance; it has no state.</summary>
    public static Utf8Order Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> left = x;
        ReadOnlySpan<char> right = y;
        int common = left.CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        // Surrogates stand for the greatest code points, though characters above them in UTF-16 do not.
        return Rank(left[common]).CompareTo(Rank(right[common]));
    }

    private static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}
