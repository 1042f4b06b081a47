using RemoteStore.Model.Labels;

namespace RemoteStore.Model.Relabeling;

/// <summary>
/// A label set under change. Labels as they came are seen before those that were set, each group in its own order: a rule that copies several labels to one
/// name keeps the last of them, so the order is part of the result.
/// </summary>
internal sealed class LabelEdits
{
    private readonly List<Entry> _original = [];
    private readonly List<Entry> _set = [];
    private readonly List<Entry> _result = [];
    private byte[] _bytes = new byte[512];
    private int _length;
    private bool _changed;

    /// <summary>Begins with the labels of a set.</summary>
    public void Begin(LabelSet labels)
    {
        _original.Clear();
        _set.Clear();
        _length = 0;
        _changed = false;
        foreach (LabelPair label in labels)
        {
            _original.Add(Store(label.Name, label.Value));
        }
    }

    /// <summary>Value of a label, empty when there is none; valid until the next change.</summary>
    public ReadOnlySpan<byte> Get(ReadOnlySpan<byte> name)
    {
        int at = Find(_set, name);
        if (at >= 0)
        {
            return Value(_set[at]);
        }

        at = Find(_original, name);
        return at >= 0 ? Value(_original[at]) : [];
    }

    /// <summary>Sets a label; an empty value removes it. Neither text may be one that this object handed out.</summary>
    public void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            Remove(name);
            return;
        }

        _changed |= !Get(name).SequenceEqual(value);
        _ = RemoveFrom(_original, name);
        int at = Find(_set, name);
        if (at >= 0)
        {
            _set[at] = Store(name, value);
        }
        else
        {
            _set.Add(Store(name, value));
        }
    }

    /// <summary>Removes a label.</summary>
    public void Remove(ReadOnlySpan<byte> name) => _changed |= RemoveFrom(_original, name) | RemoveFrom(_set, name);

    /// <summary>The labels as they are now, in order; changes made meanwhile do not show.</summary>
    public IReadOnlyList<(byte[] Name, byte[] Value)> Snapshot()
    {
        var pairs = new List<(byte[], byte[])>(_original.Count + _set.Count);
        foreach (Entry entry in _original)
        {
            pairs.Add((Name(entry).ToArray(), Value(entry).ToArray()));
        }

        foreach (Entry entry in _set)
        {
            pairs.Add((Name(entry).ToArray(), Value(entry).ToArray()));
        }

        return pairs;
    }

    /// <summary>The labels as a set of their own, or <paramref name="original"/> when nothing changed.</summary>
    public LabelSet ToLabelSet(LabelSet original)
    {
        if (!_changed)
        {
            return original;
        }

        _result.Clear();
        _result.AddRange(_original);
        _result.AddRange(_set);
        _result.Sort((a, b) => Name(a).SequenceCompareTo(Name(b)));
        int size = 0;
        foreach (Entry entry in _result)
        {
            size += LabelSetBuilder.FieldLength(entry.NameLength, entry.ValueLength);
        }

        byte[] canonical = new byte[size];
        int position = 0;
        foreach (Entry entry in _result)
        {
            position += LabelSetBuilder.WriteField(canonical.AsSpan(position), Name(entry), Value(entry));
        }

        return new LabelSet(canonical);
    }

    private bool RemoveFrom(List<Entry> entries, ReadOnlySpan<byte> name)
    {
        int at = Find(entries, name);
        if (at < 0)
        {
            return false;
        }

        entries.RemoveAt(at);
        return true;
    }

    private int Find(List<Entry> entries, ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            if (Name(entries[i]).SequenceEqual(name))
            {
                return i;
            }
        }

        return -1;
    }

    private Entry Store(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int needed = checked(_length + name.Length + value.Length);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, 2 * _bytes.Length));
        }

        var entry = new Entry(_length, name.Length, value.Length);
        name.CopyTo(_bytes.AsSpan(_length));
        value.CopyTo(_bytes.AsSpan(_length + name.Length));
        _length = needed;
        return entry;
    }

    private ReadOnlySpan<byte> Name(Entry entry) => _bytes.AsSpan(entry.Offset, entry.NameLength);

    private ReadOnlySpan<byte> Value(Entry entry) => _bytes.AsSpan(entry.Offset + entry.NameLength, entry.ValueLength);

    private readonly record struct Entry(int Offset, int NameLength, int ValueLength);
}
