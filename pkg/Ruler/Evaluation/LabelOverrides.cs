using System.Text;
using RemoteStore.Model.Labels;

namespace RemoteStore.Ruler.Evaluation;

/// <summary>Labels that replace those of a series, prepared once and laid over many label sets. Immutable.</summary>
internal sealed class LabelOverrides
{
    private readonly (byte[] Name, byte[] Value)[] _labels;
    private readonly int _addedBytes;

    /// <summary>Prepares.</summary>
    /// <param name="labels">Labels by any order; of a name that occurs twice the last counts. An empty value takes the label away.</param>
    public LabelOverrides(IEnumerable<KeyValuePair<string, string>> labels)
    {
        var byName = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in labels)
        {
            byName[name] = value;
        }

        _labels = [.. byName.Select(static pair => (Encoding.UTF8.GetBytes(pair.Key), Encoding.UTF8.GetBytes(pair.Value)))];
        Array.Sort(_labels, static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        _addedBytes = _labels.Sum(static label => LabelSetBuilder.FieldLength(label.Name.Length, label.Value.Length));
    }

    /// <summary>The set with the labels in place of its own; in memory of its own.</summary>
    public LabelSet Apply(LabelSet set)
    {
        byte[] bytes = new byte[set.Bytes.Length + _addedBytes];
        int length = 0;
        int next = 0;
        foreach (LabelPair label in set)
        {
            int order = -1;
            while (next < _labels.Length && (order = _labels[next].Name.AsSpan().SequenceCompareTo(label.Name)) <= 0)
            {
                Write(_labels[next].Name, _labels[next].Value);
                next++;
                if (order == 0)
                {
                    break;
                }
            }

            if (order != 0)
            {
                Write(label.Name, label.Value);
            }
        }

        for (; next < _labels.Length; next++)
        {
            Write(_labels[next].Name, _labels[next].Value);
        }

        return new LabelSet(bytes.AsMemory(0, length));

        void Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
            if (!value.IsEmpty)
            {
                length += LabelSetBuilder.WriteField(bytes.AsSpan(length), name, value);
            }
        }
    }
}
