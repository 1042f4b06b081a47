namespace RemoteStore.Benchmarks.Chunks;

/// <summary>The same series in chunks of Prometheus' own.</summary>
internal sealed class XorPages
{
    private readonly List<(int Count, int Start)> _chunks = [];
    private readonly byte[] _bytes;
    private readonly long[] _timestamps = new long[1024];
    private readonly long[] _values = new long[1024];

    public XorPages(IEnumerable<DumpSeries> series, int samplesPerChunk)
    {
        List<byte> bytes = [];
        foreach (DumpSeries one in series)
        {
            for (int start = 0; start < one.Count; start += samplesPerChunk)
            {
                int count = Math.Min(samplesPerChunk, one.Count - start);
                _chunks.Add((count, bytes.Count));
                byte[] chunk = XorChunk.Encode(one.TimestampsMs.AsSpan(start, count), one.ValueBits.AsSpan(start, count));
                bytes.AddRange(chunk);
                Check(one, start, count, chunk);
                Values += count;
            }
        }

        TotalBytes = bytes.Count;
        bytes.AddRange(new byte[XorChunk.Padding]);
        _bytes = [.. bytes];
    }

    public long Values { get; private set; }

    public long TotalBytes { get; }

    public void Decode()
    {
        foreach ((int count, int start) in _chunks)
        {
            XorChunk.Decode(_bytes.AsSpan(start), count, _timestamps, _values);
        }
    }

    private void Check(DumpSeries one, int start, int count, byte[] chunk)
    {
        XorChunk.Decode([.. chunk, .. new byte[XorChunk.Padding]], count, _timestamps, _values);
        if (!_values.AsSpan(0, count).SequenceEqual(one.ValueBits.AsSpan(start, count)) || !_timestamps.AsSpan(0, count).SequenceEqual(one.TimestampsMs.AsSpan(start, count)))
        {
            throw new InvalidOperationException("the yardstick does not decode what it encoded");
        }
    }
}
