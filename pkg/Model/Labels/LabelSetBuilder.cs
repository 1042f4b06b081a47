using System.Text;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Model.Labels;

/// <summary>Builds and describes canonical label bytes.</summary>
public static class LabelSetBuilder
{
    /// <summary>Builds a set from pairs in any order; empty values are dropped.</summary>
    /// <exception cref="ArgumentException">A name occurs twice or is empty.</exception>
    public static LabelSet Build(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var labels = new List<(byte[] Name, byte[] Value)>();
        foreach ((string name, string value) in pairs)
        {
            if (name.Length == 0)
            {
                throw new ArgumentException("a label name is empty", nameof(pairs));
            }

            if (value.Length > 0)
            {
                labels.Add((Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value)));
            }
        }

        labels.Sort(static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        int size = 0;
        for (int i = 0; i < labels.Count; i++)
        {
            if (i > 0 && labels[i].Name.AsSpan().SequenceEqual(labels[i - 1].Name))
            {
                throw new ArgumentException($"label {Encoding.UTF8.GetString(labels[i].Name)} occurs twice", nameof(pairs));
            }

            size += FieldLength(labels[i].Name.Length, labels[i].Value.Length);
        }

        byte[] bytes = new byte[size];
        int position = 0;
        foreach ((byte[] name, byte[] value) in labels)
        {
            position += WriteField(bytes.AsSpan(position), name, value);
        }

        return new LabelSet(bytes);
    }

    /// <summary>Bytes that one label takes in canonical form.</summary>
    public static int FieldLength(int nameLength, int valueLength)
    {
        int inner = InnerLength(nameLength, valueLength);
        return 1 + Varint.Length((ulong)inner) + inner;
    }

    /// <summary>Writes one label field in canonical form.</summary>
    /// <returns>Bytes written: <see cref="FieldLength"/>.</returns>
    public static int WriteField(Span<byte> destination, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int position = 0;
        destination[position++] = 0x0a;
        position += Varint.Write(destination[position..], (ulong)InnerLength(name.Length, value.Length));
        destination[position++] = 0x0a;
        position += Varint.Write(destination[position..], (ulong)name.Length);
        name.CopyTo(destination[position..]);
        position += name.Length;
        destination[position++] = 0x12;
        position += Varint.Write(destination[position..], (ulong)value.Length);
        value.CopyTo(destination[position..]);
        return position + value.Length;
    }

    /// <summary>As <c>{a="b", c="d"}</c>, values escaped; for messages.</summary>
    public static string Describe(ReadOnlySpan<byte> canonical)
    {
        var text = new StringBuilder("{");
        foreach (LabelPair label in new LabelEnumerator(canonical))
        {
            if (text.Length > 1)
            {
                text.Append(", ");
            }

            text.Append(Encoding.UTF8.GetString(label.Name)).Append("=\"");
            text.Append(Encoding.UTF8.GetString(label.Value).Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        return text.Append('}').ToString();
    }

    private static int InnerLength(int nameLength, int valueLength) =>
        2 + Varint.Length((ulong)nameLength) + nameLength + Varint.Length((ulong)valueLength) + valueLength;
}
