using System.Security.Cryptography;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.Wire.OpenMetrics;

namespace RemoteStore.Tool.Commands;

/// <summary>A file of OpenMetrics text that is read several times.</summary>
internal sealed class OpenMetricsFile(string path)
{
    private const int BufferBytes = 1 << 20; // also the longest line

    /// <summary>Length of the file in bytes; known once it was read.</summary>
    public long LengthBytes { get; private set; }

    /// <summary>SHA-256 of the content as it was read last.</summary>
    public byte[] ContentHash { get; private set; } = [];

    /// <summary>Gives every sample of the file: canonical labels, which are valid for the call, milliseconds, bits of the value.</summary>
    /// <exception cref="FormatException">A line is not well formed or has no time, the end is missing, or the content has changed since the first time.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void ReadAll(Action<ReadOnlyMemory<byte>, long, long> take, Action<long> report, CancellationToken cancellationToken)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        LengthBytes = file.Length;
        var reader = new SampleReader(path, take);
        byte[] buffer = new byte[BufferBytes];
        int filled = 0;
        long done = 0;
        while (file.Read(buffer, filled, buffer.Length - filled) is int read && read > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, filled, read);
            done += read;
            filled += read;
            int taken = reader.TakeLines(buffer.AsSpan(0, filled));
            buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
            filled -= taken;
            if (filled == buffer.Length)
            {
                throw reader.Fault($"the line is longer than {BufferBytes} bytes");
            }

            report(done);
        }

        reader.End(buffer.AsSpan(0, filled));
        byte[] content = hash.GetHashAndReset();
        if (ContentHash.Length > 0 && !content.AsSpan().SequenceEqual(ContentHash))
        {
            throw new FormatException($"{path} was changed while it was read");
        }

        ContentHash = content;
    }

    private sealed class SampleReader(string path, Action<ReadOnlyMemory<byte>, long, long> take)
    {
        private readonly OpenMetricsLine _line = new();
        private readonly LabelCanonicalizer _canonicalizer = new(LabelLimits.Default);
        private byte[] _labels = new byte[1024];
        private long _number;

        public int TakeLines(ReadOnlySpan<byte> text)
        {
            int taken = 0;
            while (text[taken..].IndexOf((byte)'\n') is int length && length >= 0)
            {
                Take(text.Slice(taken, length));
                taken += length + 1;
            }

            return taken;
        }

        public void End(ReadOnlySpan<byte> rest)
        {
            if (!rest.IsEmpty)
            {
                Take(rest);
            }

            if (!_line.IsEnd)
            {
                throw Fault("the text does not end with # EOF");
            }
        }

        public FormatException Fault(string what) => new($"{path}, line {_number}: {what}");

        private void Take(ReadOnlySpan<byte> line)
        {
            _number++;
            try
            {
                if (!_line.TryRead(line))
                {
                    return;
                }
            }
            catch (FormatException e)
            {
                throw Fault(e.Message);
            }

            if (_line.TimestampMs is not long timestampMs)
            {
                throw Fault("the sample has no time");
            }

            AppendStatus status = _canonicalizer.Canonicalize(_line.RawLabels, out ReadOnlySpan<byte> canonical);
            if (status != AppendStatus.Ok)
            {
                throw Fault(_canonicalizer.Describe(status, _line.RawLabels));
            }

            if (_labels.Length < canonical.Length)
            {
                _labels = new byte[canonical.Length * 2];
            }

            canonical.CopyTo(_labels);
            take(_labels.AsMemory(0, canonical.Length), timestampMs, _line.ValueBits);
        }
    }
}
