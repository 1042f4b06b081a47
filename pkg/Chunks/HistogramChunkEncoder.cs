using RemoteStore.Chunks.Histograms;
using RemoteStore.Chunks.Integers;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks;

/// <summary>
/// Encodes runs of native histograms in columns: layouts once, then per layout a column for each bucket, count, zero count, sum and reset hint. Payloads that are
/// not of the canonical form are stored as they are, so that any bytes come back.
/// </summary>
/// <remarks>Keeps scratch memory; not safe for concurrent use.</remarks>
public sealed class HistogramChunkEncoder
{
    private readonly List<HistogramGroup> _groups = [];
    private readonly List<(int Group, int Length)> _runs = [];
    private readonly HistogramLayout _layout = new();
    private readonly long[] _row = new long[HistogramLayout.MaxCells];
    private readonly long[] _column = new long[ChunkLimits.MaxSamples];
    private readonly ByteBuffer _check = new();
    private readonly IntegerColumnEncoder _integers = new();
    private readonly ValueChunkEncoder _values = new();
    private int _groupCount;

    /// <summary>Appends one chunk.</summary>
    /// <param name="run">1 to <see cref="ChunkLimits.MaxSamples"/> payloads.</param>
    /// <param name="header">Gets the header bytes, which tell their own length.</param>
    /// <param name="packed">Gets the packed bytes, perhaps none; the caller keeps their number.</param>
    /// <exception cref="ArgumentException">There are none or too many payloads, or their lengths do not add up.</exception>
    public void Encode(HistogramRun run, ByteBuffer header, ByteBuffer packed)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(packed);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(run.Lengths.Length - 1), ChunkLimits.MaxSamples - 1u, nameof(run));
        Group(run);
        header.AddVarint((ulong)_groupCount);
        for (int i = 0; i < _groupCount; i++)
        {
            header.Add(_groups[i].Layout.Signature.Written);
        }

        foreach ((int group, int length) in _runs)
        {
            header.AddVarint((ulong)group);
            header.AddVarint((ulong)length);
        }

        for (int i = 0; i < _groupCount; i++)
        {
            if (_groups[i].Layout.IsOpaque)
            {
                WriteOpaque(run, i, header, packed);
            }
            else
            {
                WriteColumns(_groups[i], header, packed);
            }
        }
    }

    private void Group(HistogramRun run)
    {
        _groupCount = 0;
        _runs.Clear();
        bool allOpaque = run.Payloads.Length > ChunkLimits.MaxHistogramBytes;
        int offset = 0;
        foreach (int length in run.Lengths)
        {
            ReadOnlySpan<byte> payload = run.Payloads.Slice(offset, length);
            offset += length;
            if (allOpaque || !_layout.TryRead(payload, _row) || !ComesBack(payload))
            {
                _layout.SetOpaque();
            }

            int index = GroupOf(_layout);
            HistogramGroup group = _groups[index];
            if (!_layout.IsOpaque)
            {
                group.EnsureCells((group.Count + 1) * _layout.Cells);
                _row.AsSpan(0, _layout.Cells).CopyTo(group.Cells[(group.Count * _layout.Cells)..]);
            }

            group.Count++;
            if (_runs.Count > 0 && _runs[^1].Group == index)
            {
                _runs[^1] = (index, _runs[^1].Length + 1);
            }
            else
            {
                _runs.Add((index, 1));
            }
        }

        if (offset != run.Payloads.Length)
        {
            throw new ArgumentException("the lengths of payloads do not add up to their bytes", nameof(run));
        }
    }

    private bool ComesBack(ReadOnlySpan<byte> payload)
    {
        Span<byte> destination = _check.Reserve(_layout.MaxPayloadBytes);
        int length = _layout.WritePayload(_row.AsSpan(0, _layout.Cells), destination);
        return payload.SequenceEqual(destination[..length]);
    }

    private int GroupOf(HistogramLayout layout)
    {
        // The layout of the last payload is the likeliest.
        int last = _runs.Count > 0 ? _runs[^1].Group : 0;
        for (int i = 0; i < _groupCount; i++)
        {
            int index = last - i >= 0 ? last - i : last - i + _groupCount;
            if (_groups[index].Layout.Signature.Written.SequenceEqual(layout.Signature.Written))
            {
                return index;
            }
        }

        if (_groupCount == _groups.Count)
        {
            _groups.Add(new HistogramGroup());
        }

        HistogramGroup group = _groups[_groupCount];
        group.Clear(_groupCount);
        group.Layout.CopyFrom(layout);
        return _groupCount++;
    }

    private void WriteOpaque(HistogramRun run, int index, ByteBuffer header, ByteBuffer packed)
    {
        int at = 0;
        int count = 0;
        foreach ((int group, int length) in _runs)
        {
            for (int i = 0; i < length; i++, at++)
            {
                if (group == index)
                {
                    _column[count++] = run.Lengths[at];
                }
            }
        }

        WriteIntegers(count, header, packed);
        int offset = 0;
        at = 0;
        foreach ((int group, int length) in _runs)
        {
            for (int i = 0; i < length; i++, at++)
            {
                if (group == index)
                {
                    packed.Add(run.Payloads.Slice(offset, run.Lengths[at]));
                }

                offset += run.Lengths[at];
            }
        }
    }

    private void WriteColumns(HistogramGroup group, ByteBuffer header, ByteBuffer packed)
    {
        int cells = group.Layout.Cells;
        for (int cell = 0; cell < cells; cell++)
        {
            for (int i = 0; i < group.Count; i++)
            {
                _column[i] = group.Cells[(i * cells) + cell];
            }

            if (group.Layout.IsValueColumn(cell))
            {
                CodecHint none = default;
                _values.Encode(_column.AsSpan(0, group.Count), ref none, header, packed);
            }
            else
            {
                WriteIntegers(group.Count, header, packed);
            }
        }
    }

    private void WriteIntegers(int count, ByteBuffer header, ByteBuffer packed)
    {
        ReadOnlySpan<long> column = _column.AsSpan(0, count);
        ColumnPlan plan = _integers.Plan(column, fixedAnchor: false);
        header.Add(plan.Kind);
        _integers.Write(plan, column, header, packed);
    }
}
