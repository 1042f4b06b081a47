using RemoteStore.Index;
using RemoteStore.Index.Dictionary;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Tsdb.Registry;

/// <summary>
/// Encodes label sets one after another: the number of labels, then per label a varint, 0 = the same as the label at this place in the set before,
/// 1 = a length and the label field follow, n = pair n - 2 of those numbered in order of first use. Numbers are used in snapshots only.
/// </summary>
internal sealed class SeriesKeyWriter(InvertedIndex? numbering)
{
    private readonly List<StableBytes> _previous = [];
    private uint _nextPair;
    private byte[] _buffer = new byte[RegistryFrame.UsualPayloadBytes + (64 << 10)];

    /// <summary>Bytes written since <see cref="Begin"/>.</summary>
    public int Length { get; private set; }

    /// <summary>The frame being built.</summary>
    public Span<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Starts a frame: forgets the set before, leaves room for the frame's header.</summary>
    public void Begin()
    {
        _previous.Clear();
        Length = RegistryFrame.HeaderBytes;
    }

    /// <summary>Appends plain bytes.</summary>
    public Span<byte> Append(int bytes)
    {
        EnsureRoom(bytes);
        Length += bytes;
        return _buffer.AsSpan(Length - bytes, bytes);
    }

    /// <summary>Appends a number as varint.</summary>
    public void AddNumber(uint number)
    {
        EnsureRoom(Varint.MaxLength);
        Length += Varint.Write(_buffer.AsSpan(Length), number);
    }

    /// <summary>Appends a label set; empty for a series whose labels are not known.</summary>
    public void Add(StableBytes labels)
    {
        ReadOnlySpan<byte> bytes = labels.Span;
        EnsureRoom(checked((labels.Length * 2) + (2 * Varint.MaxLength)));
        int countAt = Length++; // patched below; more than 127 labels move the rest
        int position = 0;
        int label = 0;
        while (position < bytes.Length)
        {
            int length = LabelFields.LengthAt(bytes, position);
            AddField(label++, labels.Slice(position, length));
            position += length;
        }

        _previous.RemoveRange(label, _previous.Count - label);
        PatchCount(countAt, label);
    }

    private void AddField(int label, StableBytes field)
    {
        bool known = label < _previous.Count;
        if (known && _previous[label].Span.SequenceEqual(field.Span))
        {
            _buffer[Length++] = 0;
            return;
        }

        if (known)
        {
            _previous[label] = field;
        }
        else
        {
            _previous.Add(field);
        }

        if (numbering is not null && numbering.TryFindPair(field.Span, out uint pair))
        {
            if (pair < _nextPair)
            {
                Length += Varint.Write(_buffer.AsSpan(Length), pair + 2ul);
                return;
            }

            _nextPair = pair + 1;
        }

        _buffer[Length++] = 1;
        Length += Varint.Write(_buffer.AsSpan(Length), (ulong)field.Length);
        field.Span.CopyTo(_buffer.AsSpan(Length));
        Length += field.Length;
    }

    private void PatchCount(int countAt, int count)
    {
        int extra = Varint.Length((ulong)count) - 1;
        if (extra > 0)
        {
            _buffer.AsSpan(countAt + 1, Length - countAt - 1).CopyTo(_buffer.AsSpan(countAt + 1 + extra));
            Length += extra;
        }

        Varint.Write(_buffer.AsSpan(countAt), (ulong)count);
    }

    private void EnsureRoom(int bytes)
    {
        if (_buffer.Length - Length < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(checked(Length + bytes), (int)Math.Min(Array.MaxLength, _buffer.Length * 2L)));
        }
    }
}
