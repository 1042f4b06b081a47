using System.IO.Hashing;
using System.Runtime.InteropServices;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>
/// The distinct label pairs of a block, numbered in order of name, then value. Before the values of a name stands a pair of that name and no value: its
/// postings are all series that have the label.
/// </summary>
internal sealed class PairTable
{
    private readonly Dictionary<ReadOnlyMemory<byte>, int> _byField = new(new FieldComparer());
    private readonly List<ReadOnlyMemory<byte>> _fields = [];
    private readonly LabelArena _copies = new();
    private int[] _numbers = [];

    /// <summary>Names with the number of their first pair, in order. Complete after <see cref="Number"/>.</summary>
    public List<(ReadOnlyMemory<byte> Name, int FirstPair)> Names { get; } = [];

    /// <summary>Values by pair number; empty for the first pair of a name.</summary>
    public List<ReadOnlyMemory<byte>> Values { get; } = [];

    /// <summary>Index in <see cref="Names"/> by pair number.</summary>
    public List<int> NameOfPair { get; } = [];

    /// <summary>Pairs that series have, without those of empty value.</summary>
    public int RealPairs => _fields.Count;

    /// <summary>Adds a series' pairs.</summary>
    /// <param name="canonical">Its labels; the memory stays valid.</param>
    /// <param name="previous">Labels of the series added before.</param>
    public void Add(ReadOnlyMemory<byte> canonical, ReadOnlySpan<byte> previous)
    {
        ReadOnlySpan<byte> bytes = canonical.Span;
        int common = bytes.CommonPrefixLength(previous);
        for (int position = 0; position < bytes.Length;)
        {
            int end = LabelOrder.FieldEnd(bytes, position);
            if (end > common)
            {
                ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_byField, canonical[position..end], out bool known);
                if (!known)
                {
                    number = _fields.Count;
                    _fields.Add(canonical[position..end]);
                }
            }

            position = end;
        }
    }

    /// <summary>Adds a series' pairs, copying what is new.</summary>
    /// <param name="canonical">Its labels.</param>
    /// <param name="previous">Labels of the series added before.</param>
    /// <param name="previousFields">Its fields.</param>
    /// <param name="fields">Gets the series' fields in the order of its labels; <see cref="NumberOf"/> knows their numbers later.</param>
    public void AddCopy(ReadOnlySpan<byte> canonical, ReadOnlySpan<byte> previous, List<int> previousFields, List<int> fields)
    {
        fields.Clear();
        int common = canonical.CommonPrefixLength(previous);
        Dictionary<ReadOnlyMemory<byte>, int>.AlternateLookup<ReadOnlySpan<byte>> known = _byField.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int position = 0; position < canonical.Length;)
        {
            int end = LabelOrder.FieldEnd(canonical, position);
            if (end <= common)
            {
                fields.Add(previousFields[fields.Count]);
            }
            else if (known.TryGetValue(canonical[position..end], out int field))
            {
                fields.Add(field);
            }
            else
            {
                Memory<byte> copy = _copies.Allocate(end - position);
                canonical[position..end].CopyTo(copy.Span);
                fields.Add(_fields.Count);
                _byField.Add(copy, _fields.Count);
                _fields.Add(copy);
            }

            position = end;
        }
    }

    /// <summary>Pair number of a field that <see cref="AddCopy"/> told.</summary>
    public int NumberOf(int field) => _numbers[field];

    /// <summary>Numbers all pairs; nothing can be added behind that.</summary>
    public void Number()
    {
        int[] order = new int[_fields.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        order.AsSpan().Sort((a, b) => LabelOrder.CompareFields(_fields[a].Span, _fields[b].Span));
        _numbers = new int[_fields.Count];
        foreach (int field in order)
        {
            (Range name, Range value) = LabelOrder.Parts(_fields[field].Span);
            if (Names.Count == 0 || !Names[^1].Name.Span.SequenceEqual(_fields[field].Span[name]))
            {
                Names.Add((_fields[field][name], Values.Count));
                NameOfPair.Add(Names.Count - 1);
                Values.Add(ReadOnlyMemory<byte>.Empty);
            }

            _numbers[field] = Values.Count;
            Values.Add(_fields[field][value]);
            NameOfPair.Add(Names.Count - 1);
        }
    }

    /// <summary>Pair numbers of a series, ascending.</summary>
    public void Resolve(ReadOnlyMemory<byte> canonical, List<int> pairs)
    {
        pairs.Clear();
        ReadOnlySpan<byte> bytes = canonical.Span;
        for (int position = 0; position < bytes.Length;)
        {
            int end = LabelOrder.FieldEnd(bytes, position);
            pairs.Add(_numbers[_byField[canonical[position..end]]]);
            position = end;
        }
    }

    private sealed class FieldComparer : IEqualityComparer<ReadOnlyMemory<byte>>, IAlternateEqualityComparer<ReadOnlySpan<byte>, ReadOnlyMemory<byte>>
    {
        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public bool Equals(ReadOnlySpan<byte> alternate, ReadOnlyMemory<byte> other) => alternate.SequenceEqual(other.Span);

        public int GetHashCode(ReadOnlyMemory<byte> obj) => GetHashCode(obj.Span);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)XxHash3.HashToUInt64(alternate);

        public ReadOnlyMemory<byte> Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
