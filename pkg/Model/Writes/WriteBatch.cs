namespace RemoteStore.Model.Writes;

/// <summary>
/// One decoded write request in columns. The bytes that entries point at (labels, histogram payloads, exemplar labels, metadata texts) lie in
/// <see cref="Bytes"/>; entries name them by offset and length. Reused from request to request: after <see cref="Reset"/> nothing of it may be used.
/// </summary>
/// <remarks>Not safe for concurrent use. One request owns it from decode to the end of the append.</remarks>
public sealed class WriteBatch
{
    private byte[] _bytes = [];
    private WriteSeries[] _series = new WriteSeries[256];
    private long[] _timestamps = new long[2048];
    private long[] _valueBits = new long[2048];
    private long[] _startTimestamps = [];

    /// <summary>Storage for everything of variable length. Its tail past <see cref="BytesLength"/> is free.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, BytesLength);

    /// <summary>Used length of <see cref="Bytes"/>.</summary>
    public int BytesLength { get; private set; }

    /// <summary>Series in order of the request.</summary>
    public ReadOnlySpan<WriteSeries> Series => _series.AsSpan(0, SeriesCount);

    /// <summary>Number of series.</summary>
    public int SeriesCount { get; private set; }

    /// <summary>Timestamps of the float samples in milliseconds since the Unix epoch, those of a series together.</summary>
    public ReadOnlySpan<long> Timestamps => _timestamps.AsSpan(0, SampleCount);

    /// <summary>IEEE 754 bits of the float samples, same length as <see cref="Timestamps"/>.</summary>
    public ReadOnlySpan<long> ValueBits => _valueBits.AsSpan(0, SampleCount);

    /// <summary>Start timestamps (0 = none), same length as <see cref="Timestamps"/>, or empty when no sample of the request has one.</summary>
    public ReadOnlySpan<long> StartTimestamps => HasStartTimestamps ? _startTimestamps.AsSpan(0, SampleCount) : [];

    /// <summary>Number of float samples.</summary>
    public int SampleCount { get; private set; }

    /// <summary>True when a float sample has a start timestamp.</summary>
    public bool HasStartTimestamps { get; private set; }

    /// <summary>Native histogram samples, those of a series together.</summary>
    public List<WriteHistogram> Histograms { get; } = [];

    /// <summary>Exemplars, those of a series together.</summary>
    public List<WriteExemplar> Exemplars { get; } = [];

    /// <summary>Metric metadata.</summary>
    public List<WriteMetadata> Metadata { get; } = [];

    /// <summary>Series that the decoder itself refused (a symbol reference out of range, no samples, …), each with the message for the sender.</summary>
    public List<(AppendStatus Status, string Message, int Samples, int Histograms, int Exemplars)> Refused { get; } = [];

    /// <summary>Empties the batch and makes room for <paramref name="sizeBytes"/>; returns the array's start to decompress into.</summary>
    /// <returns>A span of exactly <paramref name="sizeBytes"/>, already counted in <see cref="BytesLength"/>.</returns>
    public Span<byte> Reset(int sizeBytes)
    {
        // A batch that grew for one huge request must not keep that memory for ever.
        const int Keep = 4 << 20;
        if (_bytes.Length < sizeBytes || (_bytes.Length > Keep && sizeBytes <= Keep))
        {
            _bytes = GC.AllocateUninitializedArray<byte>(Math.Max(sizeBytes + (sizeBytes >> 3), 64 << 10));
        }

        if (_timestamps.Length > Keep / 8)
        {
            _timestamps = new long[2048];
            _valueBits = new long[2048];
            _startTimestamps = [];
            _series = new WriteSeries[256];
        }

        BytesLength = sizeBytes;
        SeriesCount = 0;
        SampleCount = 0;
        HasStartTimestamps = false;
        Histograms.Clear();
        Exemplars.Clear();
        Metadata.Clear();
        Refused.Clear();
        return _bytes.AsSpan(0, sizeBytes);
    }

    /// <summary>Extends <see cref="Bytes"/> by <paramref name="sizeBytes"/>; spans taken before are no longer valid.</summary>
    /// <returns>Offset of the new room.</returns>
    public int Extend(int sizeBytes)
    {
        int offset = BytesLength;
        int needed = checked(offset + sizeBytes);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, (int)Math.Min(Array.MaxLength, _bytes.Length * 2L)));
        }

        BytesLength = needed;
        return offset;
    }

    /// <summary>Adds a series; its samples are those added since the previous series was.</summary>
    public void AddSeries(in WriteSeries series)
    {
        if (SeriesCount == _series.Length)
        {
            Array.Resize(ref _series, _series.Length * 2);
        }

        _series[SeriesCount++] = series;
    }

    /// <summary>Adds a float sample.</summary>
    public void AddSample(long timestampMs, long valueBits, long startTimestampMs = 0)
    {
        if (SampleCount == _timestamps.Length)
        {
            Array.Resize(ref _timestamps, _timestamps.Length * 2);
            Array.Resize(ref _valueBits, _valueBits.Length * 2);
        }

        _timestamps[SampleCount] = timestampMs;
        _valueBits[SampleCount] = valueBits;
        if (startTimestampMs != 0 || HasStartTimestamps)
        {
            AddStart(startTimestampMs);
        }

        SampleCount++;
    }

    /// <summary>Takes back samples, histograms and exemplars added past the given counts: the series they belong to is refused.</summary>
    public void RollBack(int sampleCount, int histogramCount, int exemplarCount)
    {
        SampleCount = sampleCount;
        Histograms.RemoveRange(histogramCount, Histograms.Count - histogramCount);
        Exemplars.RemoveRange(exemplarCount, Exemplars.Count - exemplarCount);
    }

    /// <summary>The bytes of an entry.</summary>
    public ReadOnlySpan<byte> Slice(int offset, int length) => _bytes.AsSpan(offset, length);

    private void AddStart(long startTimestampMs)
    {
        if (_startTimestamps.Length < _timestamps.Length)
        {
            Array.Resize(ref _startTimestamps, _timestamps.Length);
        }

        if (!HasStartTimestamps)
        {
            _startTimestamps.AsSpan(0, SampleCount).Clear();
            HasStartTimestamps = true;
        }

        _startTimestamps[SampleCount] = startTimestampMs;
    }
}

/// <summary>One series of a request. The label bytes are the label fields as remote write 1.0 carries them, not yet validated or sorted.</summary>
/// <param name="LabelsOffset">Offset of the label fields in the batch's bytes.</param>
/// <param name="LabelsLength">Their length in bytes.</param>
/// <param name="SampleStart">Index of its first float sample.</param>
/// <param name="SampleCount">Number of float samples.</param>
/// <param name="HistogramStart">Index of its first histogram sample.</param>
/// <param name="HistogramCount">Number of histogram samples.</param>
/// <param name="ExemplarStart">Index of its first exemplar.</param>
/// <param name="ExemplarCount">Number of exemplars.</param>
public readonly record struct WriteSeries(
    int LabelsOffset, int LabelsLength, int SampleStart, int SampleCount, int HistogramStart, int HistogramCount, int ExemplarStart, int ExemplarCount);

/// <summary>A native histogram sample; the payload is the form of <c>NativeHistogram</c> that WAL, parts and remote read share.</summary>
public readonly record struct WriteHistogram(long TimestampMs, long StartTimestampMs, int PayloadOffset, int PayloadLength);

/// <summary>An exemplar; labels as label fields of remote write 1.0.</summary>
public readonly record struct WriteExemplar(long TimestampMs, long ValueBits, int LabelsOffset, int LabelsLength);

/// <summary>Metadata of a metric family; texts are UTF-8 in the batch's bytes.</summary>
public readonly record struct WriteMetadata(
    Samples.MetricType Type, int NameOffset, int NameLength, int HelpOffset, int HelpLength, int UnitOffset, int UnitLength);
