namespace RemoteStore.Model.Writes;

/// <summary>
/// One decoded write request in columns. The bytes that entries point at (labels, histogram payloads, exemplar labels, metadata texts) lie in
/// <see cref="Bytes"/>; entries name them by offset and length. Reused from request to request: after <see cref="Reset"/> nothing of it may be used.
/// </summary>
/// <remarks>Not safe for concurrent use. One request owns it from decode to the end of the append.</remarks>
public sealed class WriteBatch
{
    /// <summary>How many refusals carry a message of their own.</summary>
    public const int MaxRefusalMessages = 8;

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

    /// <summary>
    /// What the decoder itself refused (a symbol reference out of range, no samples, an invalid histogram, …) with a message for the sender. The first
    /// <see cref="MaxRefusalMessages"/> refusals have an entry each; later ones are counted in an entry per status.
    /// </summary>
    public List<(AppendStatus Status, string Message, int Samples, int Histograms, int Exemplars)> Refused { get; } = [];

    /// <summary>Empties the batch and makes room for <paramref name="sizeBytes"/>; returns the array's start to decompress into.</summary>
    /// <returns>A span of exactly <paramref name="sizeBytes"/>, already counted in <see cref="BytesLength"/>.</returns>
    public Span<byte> Reset(int sizeBytes)
    {
        // A batch that grew for one huge request must not keep that memory for ever; one that needed it just now keeps it.
        const int Keep = 4 << 20;
        if (_bytes.Length < sizeBytes || (_bytes.Length > Keep && Math.Max(sizeBytes, BytesLength) <= Keep))
        {
            _bytes = GC.AllocateUninitializedArray<byte>(Math.Max(sizeBytes + (sizeBytes >> 3), 64 << 10));
        }

        if (_timestamps.Length > Keep / 8 && SampleCount <= Keep / 8)
        {
            _timestamps = new long[2048];
            _valueBits = new long[2048];
            _startTimestamps = [];
            _series = new WriteSeries[256];
        }

        Trim(Histograms);
        Trim(Exemplars);
        Trim(Metadata);
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

    /// <summary>True while a refusal should come with a message, so that callers build the text only then.</summary>
    public bool WantsRefusalMessage => Refused.Count < MaxRefusalMessages;

    /// <summary>Counts what the decoder refused; <paramref name="message"/> is kept for the first few only.</summary>
    public void Refuse(AppendStatus status, string? message, int samples, int histograms, int exemplars)
    {
        if (message is not null && WantsRefusalMessage)
        {
            Refused.Add((status, message, samples, histograms, exemplars));
            return;
        }

        for (int i = MaxRefusalMessages; i < Refused.Count; i++)
        {
            if (Refused[i].Status == status)
            {
                (_, string text, int s, int h, int e) = Refused[i];
                Refused[i] = (status, text, s + samples, h + histograms, e + exemplars);
                return;
            }
        }

        Refused.Add((status, "and more of this kind", samples, histograms, exemplars));
    }

    /// <summary>Gives the float samples from <paramref name="firstSample"/> on that have no start timestamp this one.</summary>
    public void FillStartTimestamps(int firstSample, long startTimestampMs)
    {
        if (startTimestampMs == 0 || firstSample == SampleCount)
        {
            return;
        }

        EnsureStartTimestamps();
        _startTimestamps.AsSpan(firstSample, SampleCount - firstSample).Replace(0, startTimestampMs);
    }

    /// <summary>Gives the histogram samples from <paramref name="firstHistogram"/> on that have no start timestamp this one.</summary>
    public void FillHistogramStartTimestamps(int firstHistogram, long startTimestampMs)
    {
        for (int i = firstHistogram; i < Histograms.Count; i++)
        {
            if (Histograms[i].StartTimestampMs == 0)
            {
                Histograms[i] = Histograms[i] with { StartTimestampMs = startTimestampMs };
            }
        }
    }

    /// <summary>Gives back the last <paramref name="sizeBytes"/> that were taken with <see cref="Extend"/> and turned out not to be needed.</summary>
    public void Shrink(int sizeBytes) => BytesLength -= sizeBytes;

    /// <summary>The bytes of an entry, to be written.</summary>
    public Span<byte> Writable(int offset, int length) => _bytes.AsSpan(offset, length);

    /// <summary>The bytes of an entry.</summary>
    public ReadOnlySpan<byte> Slice(int offset, int length) => _bytes.AsSpan(offset, length);

    private static void Trim<T>(List<T> list)
    {
        if (list.Capacity > 64 << 10 && list.Count <= 64 << 10)
        {
            list.Clear();
            list.TrimExcess();
        }
    }

    private void AddStart(long startTimestampMs)
    {
        EnsureStartTimestamps();
        _startTimestamps[SampleCount] = startTimestampMs;
    }

    private void EnsureStartTimestamps()
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
