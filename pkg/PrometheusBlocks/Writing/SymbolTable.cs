using System.Diagnostics.CodeAnalysis;

namespace RemoteStore.PrometheusBlocks.Writing;

/// <summary>The distinct texts of a block: numbered as they come, and by order once all are known.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class SymbolTable
{
    private readonly Dictionary<byte[], int> _numbers = new(TextComparer.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly List<byte[]> _texts = [];
    private int[] _ranks = [];

    public SymbolTable() => _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Number of texts.</summary>
    public int Count => _texts.Count;

    /// <summary>Number of a text by when it came first.</summary>
    public int Add(ReadOnlySpan<byte> text)
    {
        if (!_lookup.TryGetValue(text, out int number))
        {
            number = _texts.Count;
            byte[] copy = text.ToArray();
            _texts.Add(copy);
            _numbers.Add(copy, number);
        }

        return number;
    }

    /// <summary>Sorts the texts; no more may be added.</summary>
    /// <returns>All texts in order of their bytes.</returns>
    public IReadOnlyList<byte[]> Sort()
    {
        int[] order = [.. Enumerable.Range(0, _texts.Count)];
        Array.Sort(order, (a, b) => _texts[a].AsSpan().SequenceCompareTo(_texts[b]));
        _ranks = new int[order.Length];
        for (int rank = 0; rank < order.Length; rank++)
        {
            _ranks[order[rank]] = rank;
        }

        return [.. order.Select(number => _texts[number])];
    }

    /// <summary>Place of a text among the sorted ones.</summary>
    public int RankOf(int number) => _ranks[number];

    private sealed class TextComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static TextComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
