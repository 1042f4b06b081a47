using RemoteStore.Model.Labels;

namespace RemoteStore.PromQL.Execution;

/// <summary>
/// Makes label sets from label sets: keeps or drops names, sets values. Works on canonical bytes; results lie in the editor's buffer until its next use.
/// </summary>
internal sealed class LabelEditor
{
    private readonly List<Edit> _edits = [];
    private byte[] _buffer = new byte[512];
    private byte[] _base = new byte[512];
    private byte[] _texts = new byte[256];
    private int _baseLength;
    private int _textsLength;

    /// <summary>Only the labels in the list.</summary>
    public ReadOnlySpan<byte> With(ReadOnlySpan<byte> labels, LabelNameList names) => Filter(labels, names, keep: true);

    /// <summary>All labels but those in the list.</summary>
    public ReadOnlySpan<byte> Without(ReadOnlySpan<byte> labels, LabelNameList names) => Filter(labels, names, keep: false);

    /// <summary>Starts edits of a label set.</summary>
    public void Begin(ReadOnlySpan<byte> labels)
    {
        Ensure(ref _base, labels.Length);
        labels.CopyTo(_base);
        _baseLength = labels.Length;
        _edits.Clear();
        _textsLength = 0;
    }

    /// <summary>Sets a label; an empty value removes it. The last edit of a name counts.</summary>
    public void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int order = 1;
        int at = 0;
        for (; at < _edits.Count; at++)
        {
            order = name.SequenceCompareTo(Text(_edits[at].Name));
            if (order <= 0)
            {
                break;
            }
        }

        if (at < _edits.Count && order == 0)
        {
            _edits[at] = _edits[at] with { Value = Hold(value) };
            return;
        }

        _edits.Insert(at, new Edit(Hold(name), Hold(value)));
    }

    /// <summary>Removes a label.</summary>
    public void Delete(ReadOnlySpan<byte> name) => Set(name, []);

    /// <summary>Value of a label with the edits so far, empty when it is absent.</summary>
    public ReadOnlySpan<byte> Get(ReadOnlySpan<byte> name)
    {
        foreach (Edit edit in _edits)
        {
            if (Text(edit.Name).SequenceEqual(name))
            {
                return Text(edit.Value);
            }
        }

        return LabelSet.GetValue(_base.AsSpan(0, _baseLength), name);
    }

    /// <summary>The edited label set.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        int size = _baseLength;
        foreach (Edit edit in _edits)
        {
            size += LabelSetBuilder.FieldLength(edit.Name.Length, edit.Value.Length);
        }

        Ensure(ref _buffer, size);
        int length = 0;
        int next = 0;
        foreach (LabelPair label in new LabelEnumerator(_base.AsSpan(0, _baseLength)))
        {
            int order = -1;
            while (next < _edits.Count && (order = Text(_edits[next].Name).SequenceCompareTo(label.Name)) < 0)
            {
                length += Write(_buffer.AsSpan(length), Text(_edits[next].Name), Text(_edits[next].Value));
                next++;
            }

            if (next < _edits.Count && order == 0)
            {
                length += Write(_buffer.AsSpan(length), label.Name, Text(_edits[next].Value));
                next++;
            }
            else
            {
                length += Write(_buffer.AsSpan(length), label.Name, label.Value);
            }
        }

        for (; next < _edits.Count; next++)
        {
            length += Write(_buffer.AsSpan(length), Text(_edits[next].Name), Text(_edits[next].Value));
        }

        return _buffer.AsSpan(0, length);
    }

    private static int Write(Span<byte> destination, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        value.IsEmpty ? 0 : LabelSetBuilder.WriteField(destination, name, value);

    private static void Ensure(ref byte[] buffer, int size)
    {
        if (buffer.Length < size)
        {
            buffer = new byte[Math.Max(size, buffer.Length * 2)];
        }
    }

    private ReadOnlySpan<byte> Filter(ReadOnlySpan<byte> labels, LabelNameList names, bool keep)
    {
        Ensure(ref _buffer, labels.Length);
        int length = 0;
        int next = 0;
        foreach (LabelPair label in new LabelEnumerator(labels))
        {
            if (names.Contains(label.Name, ref next) == keep)
            {
                length += LabelSetBuilder.WriteField(_buffer.AsSpan(length), label.Name, label.Value);
            }
        }

        return _buffer.AsSpan(0, length);
    }

    private ReadOnlySpan<byte> Text(Stretch stretch) => _texts.AsSpan(stretch.Offset, stretch.Length);

    private Stretch Hold(ReadOnlySpan<byte> text)
    {
        if (_textsLength + text.Length > _texts.Length)
        {
            Array.Resize(ref _texts, Math.Max(_textsLength + text.Length, _texts.Length * 2));
        }

        text.CopyTo(_texts.AsSpan(_textsLength));
        _textsLength += text.Length;
        return new Stretch(_textsLength - text.Length, text.Length);
    }

    private readonly record struct Stretch(int Offset, int Length);

    private readonly record struct Edit(Stretch Name, Stretch Value);
}
