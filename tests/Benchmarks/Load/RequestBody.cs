using System.Buffers.Binary;
using RemoteStore.Model.Samples;

namespace RemoteStore.Benchmarks.Load;

/// <summary>
/// A whole HTTP request with a compressed remote-write 1.0 body of a fixed batch of series, one sample each. Timestamps, values, and (where targets are
/// replaced) pod names and addresses are overwritten in place from scrape to scrape.
/// </summary>
/// <remarks>Not safe for concurrent use: who sends it holds its lock.</remarks>
internal sealed class RequestBody
{
    /// <summary>A timestamp varint from 2004 to 2109 has six bytes.</summary>
    public const int TimestampLength = 6;

    private readonly byte[] _request;
    private readonly int[] _sampleOffsets;
    private readonly SeriesValues _values;
    private readonly TargetSlice[] _targets;

    public RequestBody(byte[] request, int[] sampleOffsets, SeriesValues values, TargetSlice[] targets, int rawLength, int compressedLength)
    {
        _request = request;
        _sampleOffsets = sampleOffsets;
        _values = values;
        _targets = targets;
        RawLength = rawLength;
        CompressedLength = compressedLength;
    }

    /// <summary>Header and body.</summary>
    public ReadOnlySpan<byte> Request => _request;

    /// <summary>Samples in the request.</summary>
    public int Samples => _sampleOffsets.Length;

    /// <summary>Length of the protocol buffer.</summary>
    public int RawLength { get; }

    /// <summary>Length of the body sent.</summary>
    public int CompressedLength { get; }

    /// <summary>The compressed body alone.</summary>
    public ReadOnlySpan<byte> Compressed => _request.AsSpan(_request.Length - CompressedLength);

    /// <summary>The scrape at <paramref name="roundStartMs"/>: targets are scraped at their own moments after it, with a few milliseconds of jitter.</summary>
    public void Advance(long roundStartMs, int round) => Fill(roundStartMs, round, stale: false);

    /// <summary>The targets are gone: every series ends with a stale marker.</summary>
    public void End(long roundStartMs, int round) => Fill(roundStartMs, round, stale: true);

    /// <summary>Other pods take the place of these; their series begin anew.</summary>
    public void Replace(long firstTargetNumber)
    {
        Span<byte> pod = stackalloc byte[TargetIdentity.PodSuffixLength];
        Span<byte> address = stackalloc byte[TargetIdentity.AddressLength];
        for (int t = 0; t < _targets.Length; t++)
        {
            TargetIdentity.WritePodSuffix(firstTargetNumber + t, pod);
            TargetIdentity.WriteAddress(firstTargetNumber + t, address);
            foreach (NamePiece piece in _targets[t].Pod)
            {
                pod.Slice(piece.From, piece.Length).CopyTo(_request.AsSpan(piece.Offset));
            }

            foreach (NamePiece piece in _targets[t].Address)
            {
                address.Slice(piece.From, piece.Length).CopyTo(_request.AsSpan(piece.Offset));
            }
        }

        _values.Restart();
    }

    private void Fill(long roundStartMs, int round, bool stale)
    {
        Span<byte> timestamp = stackalloc byte[TimestampLength];
        int series = 0;
        foreach (TargetSlice target in _targets)
        {
            int jitterMs = (int)(((uint)(target.Number * 31 + round) * 2654435761u >> 16) % 11) - 5;
            WriteTimestamp(roundStartMs + target.ScrapeOffsetMs + jitterMs, timestamp);
            for (int end = series + target.Series; series < end; series++)
            {
                double value = _values.Advance(series);
                Span<byte> sample = _request.AsSpan(_sampleOffsets[series], 9 + TimestampLength);
                BinaryPrimitives.WriteInt64LittleEndian(sample, stale ? SampleBits.StaleMarker : BitConverter.DoubleToInt64Bits(value));
                timestamp.CopyTo(sample[9..]);
            }
        }
    }

    private static void WriteTimestamp(long timestampMs, Span<byte> destination)
    {
        for (int i = 0; i < TimestampLength - 1; i++)
        {
            destination[i] = (byte)(timestampMs | 0x80);
            timestampMs >>= 7;
        }

        destination[TimestampLength - 1] = (byte)timestampMs;
    }
}

/// <summary>The series of one target inside a batch.</summary>
/// <param name="Number">Which target.</param>
/// <param name="Series">How many of its series follow each other.</param>
/// <param name="ScrapeOffsetMs">When in the interval it is scraped.</param>
/// <param name="Pod">Where its pod's changing bytes are in the request; empty when pods stay.</param>
/// <param name="Address">Where its address' changing bytes are.</param>
internal sealed record TargetSlice(int Number, int Series, int ScrapeOffsetMs, NamePiece[] Pod, NamePiece[] Address);

/// <summary>Bytes <c>[From, From + Length)</c> of a name, at an offset of the request.</summary>
internal readonly record struct NamePiece(int From, int Length, int Offset);
