using System.Diagnostics.CodeAnalysis;
using System.Text;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Model.Labels;

/// <summary>
/// A label set as canonical bytes: the label fields of a remote write 1.0 series (<c>0x0a len { 0x0a len name 0x12 len value }</c>, lengths as minimal
/// varints), sorted by name, names unique, no empty name or value. Equal sets have equal bytes.
/// </summary>
/// <remarks>Borrows its memory; whoever creates it says for how long it is valid.</remarks>
public readonly struct LabelSet : IEquatable<LabelSet>, IComparable<LabelSet>
{
    /// <summary>Name of the label that holds the metric name.</summary>
    public const string MetricName = "__name__";

    /// <summary>Wraps bytes that are known to be canonical.</summary>
    public LabelSet(ReadOnlyMemory<byte> canonical) => Bytes = canonical;

    /// <summary>The canonical bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Builds a set from pairs in any order; empty values are dropped.</summary>
    /// <exception cref="ArgumentException">A name occurs twice or is empty.</exception>
    public static LabelSet FromPairs(IEnumerable<KeyValuePair<string, string>> pairs) => LabelSetBuilder.Build(pairs);

    /// <summary>Builds a set from alternating names and values.</summary>
    public static LabelSet From(params ReadOnlySpan<string> namesAndValues)
    {
        var pairs = new List<KeyValuePair<string, string>>(namesAndValues.Length / 2);
        for (int i = 0; i + 1 < namesAndValues.Length; i += 2)
        {
            pairs.Add(new(namesAndValues[i], namesAndValues[i + 1]));
        }

        return LabelSetBuilder.Build(pairs);
    }

    /// <summary>Iterates over names and values in name order.</summary>
    public LabelEnumerator GetEnumerator() => new(Bytes.Span);

    /// <summary>The value of a label; empty when the set does not have it.</summary>
    public ReadOnlySpan<byte> GetValue(ReadOnlySpan<byte> name) => GetValue(Bytes.Span, name);

    /// <summary>As <see cref="GetValue(ReadOnlySpan{byte})"/>, on bare canonical bytes.</summary>
    public static ReadOnlySpan<byte> GetValue(ReadOnlySpan<byte> canonical, ReadOnlySpan<byte> name)
    {
        foreach (LabelPair label in new LabelEnumerator(canonical))
        {
            if (label.Name.SequenceEqual(name))
            {
                return label.Value;
            }
        }

        return [];
    }

    /// <summary>The labels as text, for the edges (JSON, templates, messages).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ToPairs()
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (LabelPair label in this)
        {
            pairs.Add(new(Encoding.UTF8.GetString(label.Name), Encoding.UTF8.GetString(label.Value)));
        }

        return pairs;
    }

    /// <summary>Prometheus' order of label sets: name, then value, pair by pair; a prefix sorts first.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var a = new LabelEnumerator(left);
        var b = new LabelEnumerator(right);
        while (true)
        {
            bool more = a.MoveNext();
            if (!b.MoveNext())
            {
                return more ? 1 : 0;
            }

            if (!more)
            {
                return -1;
            }

            int order = a.Current.Name.SequenceCompareTo(b.Current.Name);
            order = order != 0 ? order : a.Current.Value.SequenceCompareTo(b.Current.Value);
            if (order != 0)
            {
                return order;
            }
        }
    }

    /// <inheritdoc/>
    public int CompareTo(LabelSet other) => Compare(Bytes.Span, other.Bytes.Span);

    /// <inheritdoc/>
    public bool Equals(LabelSet other) => Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is LabelSet other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }

    /// <summary>As <c>{a="b", c="d"}</c>, values escaped as in PromQL; for messages.</summary>
    public override string ToString() => LabelSetBuilder.Describe(Bytes.Span);

    /// <summary>Same bytes.</summary>
    public static bool operator ==(LabelSet left, LabelSet right) => left.Equals(right);

    /// <summary>Different bytes.</summary>
    public static bool operator !=(LabelSet left, LabelSet right) => !left.Equals(right);

    /// <summary>Prometheus' order.</summary>
    public static bool operator <(LabelSet left, LabelSet right) => left.CompareTo(right) < 0;

    /// <summary>Prometheus' order.</summary>
    public static bool operator >(LabelSet left, LabelSet right) => left.CompareTo(right) > 0;

    /// <summary>Prometheus' order.</summary>
    public static bool operator <=(LabelSet left, LabelSet right) => left.CompareTo(right) <= 0;

    /// <summary>Prometheus' order.</summary>
    public static bool operator >=(LabelSet left, LabelSet right) => left.CompareTo(right) >= 0;
}

/// <summary>One label, as UTF-8 within the set's bytes.</summary>
public readonly ref struct LabelPair(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    /// <summary>Name, UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>Value, UTF-8.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;
}

/// <summary>Reads the pairs of canonical label bytes. The bytes must be canonical: input from outside goes through canonicalisation first.</summary>
public ref struct LabelEnumerator
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    /// <summary>Starts before the first pair.</summary>
    public LabelEnumerator(ReadOnlySpan<byte> canonical)
    {
        _bytes = canonical;
        _position = 0;
    }

    /// <summary>The pair read last.</summary>
    public LabelPair Current { get; private set; }

    /// <summary>This enumerator.</summary>
    public readonly LabelEnumerator GetEnumerator() => this;

    /// <summary>Reads the next pair; false at the end.</summary>
    public bool MoveNext()
    {
        if (_position >= _bytes.Length)
        {
            return false;
        }

        _position++; // tag of the label field
        _ = ReadLength();
        _position++; // tag of the name
        int nameLength = ReadLength();
        ReadOnlySpan<byte> name = _bytes.Slice(_position, nameLength);
        _position += nameLength + 1; // and tag of the value
        int valueLength = ReadLength();
        Current = new LabelPair(name, _bytes.Slice(_position, valueLength));
        _position += valueLength;
        return true;
    }

    private int ReadLength()
    {
        byte first = _bytes[_position];
        if (first < 0x80)
        {
            _position++;
            return first;
        }

        return Varint.TryRead(_bytes, ref _position, out ulong length)
            ? checked((int)length)
            : throw new InvalidOperationException("label bytes are not canonical");
    }
}
