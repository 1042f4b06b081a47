using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Wire.RemoteWrite;

/// <summary>
/// Reads one series message of remote write 2.0: labels_refs = 1, samples = 2, histograms = 3, exemplars = 4, metadata = 5, and created_timestamp = 6 of
/// older senders, which stands for the start timestamp of all its samples. A series that is well formed but wrong is refused alone.
/// </summary>
internal ref struct SeriesV2Parser
{
    private const byte PackedRefsTag = 0x0a;
    private const byte RefTag = 0x08;
    private const byte SampleTag = 0x12;
    private const byte HistogramTag = 0x1a;
    private const byte ExemplarTag = 0x22;
    private const byte MetadataTag = 0x2a;
    private const byte CreatedTag = 0x30;

    private readonly WriteBatch _batch;
    private readonly ReadOnlySpan<byte> _payload;
    private readonly SymbolTable _symbols;
    private readonly DecodeLimits _limits;
    private ReadOnlySpan<byte> _refs;
    private bool _scatteredRefs;
    private bool _isMetadataRefOutOfRange;
    private (int Count, HistogramFault Fault) _refusedHistograms;
    private int _refusedExemplars;
    private MetricType _type;
    private uint _help;
    private uint _unit;
    private long _created;

    public SeriesV2Parser(WriteBatch batch, ReadOnlySpan<byte> payload, SymbolTable symbols, DecodeLimits limits)
    {
        _batch = batch;
        _payload = payload;
        _symbols = symbols;
        _limits = limits;
    }

    /// <summary>Adds the series to the batch, or refuses it.</summary>
    /// <returns>False when the message is not well formed.</returns>
    public bool TryParse(int start, int end)
    {
        int samples = _batch.SampleCount;
        int histograms = _batch.Histograms.Count;
        int exemplars = _batch.Exemplars.Count;
        if (!TryParseFields(start, end))
        {
            return false;
        }

        if (_scatteredRefs)
        {
            _refs = GatherRefs(start, end);
        }

        int sampleCount = _batch.SampleCount - samples;
        int histogramCount = _batch.Histograms.Count - histograms;
        int exemplarCount = _batch.Exemplars.Count - exemplars;
        LabelFault fault = _symbols.Build(_batch, _refs, SymbolTable.MaxSeriesLabelBytes, out (int Offset, int Length) labels);
        if (fault == LabelFault.None && _isMetadataRefOutOfRange)
        {
            fault = LabelFault.ReferenceOutOfRange;
        }

        if (fault != LabelFault.None || (sampleCount | histogramCount | _refusedHistograms.Count) == 0)
        {
            _batch.RollBack(samples, histograms, exemplars);
            Refuse(fault, labels, sampleCount, histogramCount + _refusedHistograms.Count, exemplarCount + _refusedExemplars);
            return true;
        }

        _batch.FillStartTimestamps(samples, _created);
        _batch.FillHistogramStartTimestamps(histograms, _created);
        HistogramParser.Report(_batch, _refusedHistograms, labels.Offset, labels.Length);
        if (_refusedExemplars > 0)
        {
            _batch.Refuse(AppendStatus.InvalidExemplar, "labels of an exemplar are too long, or their references are not pairs of symbols", 0, 0, _refusedExemplars);
        }

        if (sampleCount + histogramCount + exemplarCount > 0)
        {
            _batch.AddSeries(new(labels.Offset, labels.Length, samples, sampleCount, histograms, histogramCount, exemplars, exemplarCount));
        }

        AddMetadata(labels);
        return true;
    }

    private bool TryParseFields(int start, int end)
    {
        var reader = new ProtoReader(_payload, start, end);
        while (reader.HasMore)
        {
            // The sample is the field that repeats: look for its usual form first.
            int position = reader.Position;
            if (_payload[position] == SampleTag && position + 1 < end)
            {
                int next = position + 1;
                if (SampleParser.TryFast(_batch, _payload, ref next, end))
                {
                    reader.Advance(next - position);
                    continue;
                }
            }

            if (!reader.TryReadTag(out uint tag) || !TryParseField(ref reader, tag))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryParseField(scoped ref ProtoReader reader, uint tag)
    {
        int length;
        switch (tag)
        {
            case PackedRefsTag:
                if (!reader.TryReadLength(out length) || !IsPackedVarints(_payload.Slice(reader.Position, length)))
                {
                    return false;
                }

                _scatteredRefs |= !_refs.IsEmpty && length > 0;
                _refs = length > 0 ? _payload.Slice(reader.Position, length) : _refs;
                reader.Advance(length);
                return true;
            case RefTag:
                _scatteredRefs = true;
                return reader.TryReadVarint(out _);
            case SampleTag:
                if (!reader.TryReadLength(out length))
                {
                    return false;
                }

                var sample = new ProtoReader(_payload, reader.Position, reader.Position + length);
                reader.Advance(length);
                return SampleParser.TryRead(ref sample, _batch) && _batch.SampleCount <= _limits.MaxSamples;
            case HistogramTag:
                if (!reader.TryReadLength(out length))
                {
                    return false;
                }

                ReadOnlySpan<byte> histogram = _payload.Slice(reader.Position, length);
                reader.Advance(length);
                return HistogramParser.TryAdd(_batch, histogram, ref _refusedHistograms) && _batch.Histograms.Count <= _limits.MaxOthers;
            case ExemplarTag:
                if (!reader.TryReadLength(out length))
                {
                    return false;
                }

                int exemplar = reader.Position;
                reader.Advance(length);
                return TryParseExemplar(exemplar, exemplar + length) && _batch.Exemplars.Count <= _limits.MaxOthers;
            case MetadataTag:
                if (!reader.TryReadLength(out length))
                {
                    return false;
                }

                int metadata = reader.Position;
                reader.Advance(length);
                return TryParseMetadata(metadata, metadata + length);
            case CreatedTag:
                bool ok = reader.TryReadVarint(out ulong created);
                _created = (long)created;
                return ok;
            default:
                return tag >> 3 > 6 && reader.TrySkip(tag);
        }
    }

    private bool TryParseExemplar(int start, int end)
    {
        ReadOnlySpan<byte> refs = default;
        bool scattered = false;
        long valueBits = 0;
        long timestamp = 0;
        var reader = new ProtoReader(_payload, start, end);
        while (reader.HasMore)
        {
            if (!reader.TryReadTag(out uint tag))
            {
                return false;
            }

            bool ok;
            switch (tag)
            {
                case PackedRefsTag:
                    ok = reader.TryReadLength(out int length) && IsPackedVarints(_payload.Slice(reader.Position, length));
                    scattered |= !refs.IsEmpty && length > 0;
                    refs = length > 0 ? _payload.Slice(reader.Position, length) : refs;
                    reader.Advance(length);
                    break;
                case RefTag:
                    scattered = true;
                    ok = reader.TryReadVarint(out _);
                    break;
                case 0x11:
                    ok = reader.TryReadFixed64(out valueBits);
                    break;
                case 0x18:
                    ok = reader.TryReadVarint(out ulong raw);
                    timestamp = (long)raw;
                    break;
                default:
                    ok = tag >> 3 > 3 && reader.TrySkip(tag);
                    break;
            }

            if (!ok)
            {
                return false;
            }
        }

        refs = scattered ? GatherRefs(start, end) : refs;
        if (_symbols.Build(_batch, refs, SymbolTable.MaxExemplarLabelBytes, out (int Offset, int Length) labels) == LabelFault.None)
        {
            _batch.Exemplars.Add(new(timestamp, valueBits, labels.Offset, labels.Length));
        }
        else
        {
            _refusedExemplars++;
        }

        return _batch.BytesLength <= RemoteWriteV2Decoder.MaxExpandedBytes;
    }

    private bool TryParseMetadata(int start, int end)
    {
        var reader = new ProtoReader(_payload, start, end);
        while (reader.HasMore)
        {
            if (!reader.TryReadTag(out uint tag))
            {
                return false;
            }

            if (tag is not (0x08 or 0x18 or 0x20))
            {
                if (tag >> 3 is 1 or 3 or 4 || !reader.TrySkip(tag))
                {
                    return false;
                }

                continue;
            }

            if (!reader.TryReadVarint(out ulong value))
            {
                return false;
            }

            if (tag == 0x08)
            {
                _type = value <= (ulong)MetricType.StateSet ? (MetricType)value : MetricType.Unknown;
            }
            else if (value >= (ulong)_symbols.Count)
            {
                _isMetadataRefOutOfRange = true;
            }
            else
            {
                _help = tag == 0x18 ? (uint)value : _help;
                _unit = tag == 0x20 ? (uint)value : _unit;
            }
        }

        return true;
    }

    private readonly void AddMetadata((int Offset, int Length) labels)
    {
        if (_type == MetricType.Unknown && _help == 0 && _unit == 0)
        {
            return;
        }

        (int helpOffset, int helpLength) = _symbols.Locate(_help);
        (int unitOffset, int unitLength) = _symbols.Locate(_unit);
        int position = 0;
        while (position < _refs.Length)
        {
            _ = Varint.TryRead(_refs, ref position, out ulong name);
            _ = Varint.TryRead(_refs, ref position, out ulong value);
            (int nameOffset, int nameLength) = _symbols.Locate((uint)value);
            if (nameLength == 0 || !_symbols[(uint)name].SequenceEqual("__name__"u8))
            {
                continue;
            }

            // The series of a family follow each other: one entry does for all.
            var metadata = new WriteMetadata(_type, nameOffset, nameLength, helpOffset, helpLength, unitOffset, unitLength);
            if (_batch.Metadata.Count == 0 || _batch.Metadata[^1] != metadata)
            {
                _batch.Metadata.Add(metadata);
            }

            return;
        }
    }

    private readonly void Refuse(LabelFault fault, (int Offset, int Length) labels, int samples, int histograms, int exemplars)
    {
        AppendStatus status = fault switch
        {
            LabelFault.None => AppendStatus.EmptySeries,
            LabelFault.TooLong => AppendStatus.LabelValueTooLong,
            _ => AppendStatus.MalformedSeries,
        };
        string? message = !_batch.WantsRefusalMessage ? null : fault switch
        {
            LabelFault.None => $"series {SeriesText.Shorten(_batch.Slice(labels.Offset, labels.Length))} has neither samples nor histograms",
            LabelFault.OddReferences => "a series has an odd number of label references",
            LabelFault.ReferenceOutOfRange => $"a series refers to a symbol beyond the {_symbols.Count} of the request",
            _ => $"labels of a series take more than {SymbolTable.MaxSeriesLabelBytes} bytes",
        };
        _batch.Refuse(status, message, samples, histograms, exemplars);
    }

    /// <summary>Packs the references of field 1 of a well-formed message, from all its pieces.</summary>
    private readonly ReadOnlySpan<byte> GatherRefs(int start, int end)
    {
        int room = end - start;
        int offset = _batch.Extend(room);
        var writer = new ProtoWriter(_batch.Writable(offset, room));
        var reader = new ProtoReader(_payload, start, end);
        while (reader.HasMore && reader.TryReadTag(out uint tag))
        {
            if (tag == RefTag && reader.TryReadVarint(out ulong reference))
            {
                writer.WriteRaw(reference);
            }
            else if (tag == PackedRefsTag && reader.TryReadBytes(out ReadOnlySpan<byte> packed))
            {
                writer.WriteRaw(packed);
            }
            else
            {
                _ = reader.TrySkip(tag);
            }
        }

        return _batch.Slice(offset, writer.Written);
    }

    private static bool IsPackedVarints(ReadOnlySpan<byte> packed)
    {
        // Ten bytes with no end, or an overflow, make a varint malformed: both need a byte run that references never have.
        int position = 0;
        while (position < packed.Length)
        {
            if (!Varint.TryRead(packed, ref position, out _))
            {
                return false;
            }
        }

        return true;
    }
}
