using RemoteStore.Index;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.Registry;

/// <summary>Decodes what <see cref="SeriesKeyWriter"/> wrote.</summary>
/// <param name="file">For messages.</param>
/// <param name="numbering">Pairs by number, as far as read and added; null when there are no numbers.</param>
internal sealed class SeriesKeyReader(string file, InvertedIndex? numbering)
{
    private byte[] _current = new byte[4096];
    private byte[] _previous = new byte[4096];
    private (int Start, int Length)[] _currentFields = new (int, int)[64];
    private (int Start, int Length)[] _previousFields = new (int, int)[64];
    private int _previousCount;
    private int _length;

    /// <summary>Starts a frame.</summary>
    public void Begin() => _previousCount = 0;

    /// <summary>Reads the next label set.</summary>
    /// <returns>Canonical bytes, valid until the next call but one.</returns>
    /// <exception cref="CorruptDataException">The bytes are not what a writer writes.</exception>
    public ReadOnlySpan<byte> Next(ReadOnlySpan<byte> payload, ref int position)
    {
        if (!Varint.TryRead(payload, ref position, out ulong labels) || labels > (ulong)payload.Length)
        {
            throw Corrupt(position);
        }

        (_current, _previous) = (_previous, _current);
        (_currentFields, _previousFields) = (_previousFields, _currentFields);
        _length = 0;
        int count = (int)labels;
        if (_currentFields.Length < count)
        {
            Array.Resize(ref _currentFields, count);
        }

        for (int i = 0; i < count; i++)
        {
            if (!Varint.TryRead(payload, ref position, out ulong token))
            {
                throw Corrupt(position);
            }

            AddField(i, Field(token, i, payload, ref position));
        }

        _previousCount = count;
        return _current.AsSpan(0, _length);
    }

    private ReadOnlySpan<byte> Field(ulong token, int label, ReadOnlySpan<byte> payload, ref int position)
    {
        if (token == 0)
        {
            if (label >= _previousCount)
            {
                throw Corrupt(position);
            }

            (int start, int length) = _previousFields[label];
            return _previous.AsSpan(start, length);
        }

        if (token == 1)
        {
            if (!Varint.TryRead(payload, ref position, out ulong length) || length > (ulong)(payload.Length - position))
            {
                throw Corrupt(position);
            }

            position += (int)length;
            return payload.Slice(position - (int)length, (int)length);
        }

        if (numbering is null || token - 2 >= (ulong)numbering.PairCount)
        {
            throw Corrupt(position);
        }

        return numbering.Field((uint)(token - 2)).Span;
    }

    private void AddField(int label, ReadOnlySpan<byte> field)
    {
        if (_current.Length - _length < field.Length)
        {
            Array.Resize(ref _current, Math.Max(_length + field.Length, _current.Length * 2));
        }

        field.CopyTo(_current.AsSpan(_length));
        _currentFields[label] = (_length, field.Length);
        _length += field.Length;
    }

    private CorruptDataException Corrupt(int position) => new(file, position, "label set within a frame whose checksum holds");
}
