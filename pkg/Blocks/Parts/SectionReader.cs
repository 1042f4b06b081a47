using RemoteStore.Chunks;
using ZstdSharp;

namespace RemoteStore.Blocks.Parts;

/// <summary>Memory that sections of one block are decompressed into; reused.</summary>
internal sealed class SectionScratch : IDisposable
{
    private readonly byte[][] _buffers = [[], [], [], [], []];
    private Decompressor? _decompressor;

    /// <summary>Decompresses into the numbered buffer, which has <see cref="SectionReader.Padding"/> bytes more than the section.</summary>
    public ReadOnlySpan<byte> Decompress(int number, ReadOnlySpan<byte> stored, int rawLength)
    {
        if (_buffers[number].Length < rawLength + SectionReader.Padding)
        {
            _buffers[number] = GC.AllocateUninitializedArray<byte>(rawLength + rawLength / 4 + SectionReader.Padding);
        }

        Span<byte> destination = _buffers[number].AsSpan(0, rawLength + SectionReader.Padding);
        _decompressor ??= new Decompressor();
        try
        {
            if (!_decompressor.TryUnwrap(stored, destination[..rawLength], out int written) || written != rawLength)
            {
                Malformed.Throw("a compressed section has another length than it says");
            }
        }
        catch (ZstdException broken)
        {
            throw new InvalidDataException($"a compressed section does not decompress: {broken.Message}", broken);
        }

        return destination;
    }

    public void Dispose() => _decompressor?.Dispose();
}

/// <summary>Reads the sections of a block one after another.</summary>
internal ref struct SectionReader
{
    /// <summary>Bytes that decoders may read behind a section.</summary>
    public const int Padding = ChunkLimits.SourcePadding;

    private readonly SectionScratch _scratch;
    private readonly ReadOnlySpan<byte> _columns;
    private readonly int _end;
    private int _position;
    private int _number;

    /// <summary>Starts at the first section of <paramref name="columns"/>, whose last <see cref="Padding"/> bytes do not count.</summary>
    public SectionReader(ReadOnlySpan<byte> columns, SectionScratch scratch)
    {
        _columns = columns;
        _end = columns.Length - Padding;
        _scratch = scratch;
    }

    /// <summary>The next section followed by <see cref="Padding"/> bytes of no meaning.</summary>
    /// <exception cref="InvalidDataException">It is longer than <paramref name="maxLength"/>, the body ends early, or it does not decompress.</exception>
    public ReadOnlySpan<byte> NextPadded(long maxLength)
    {
        ReadOnlySpan<byte> body = _columns[.._end];
        ulong raw = Malformed.ReadVarint(body, ref _position, "section");
        ulong stored = Malformed.ReadVarint(body, ref _position, "section");
        if (raw > (ulong)maxLength || stored > raw || stored > (ulong)(_end - _position))
        {
            Malformed.Throw($"a section of {stored} bytes, {raw} in full, does not fit its block");
        }

        int start = _position;
        _position += (int)stored;
        int number = _number++;
        return stored == raw
            ? _columns.Slice(start, (int)stored + Padding)
            : _scratch.Decompress(number, _columns.Slice(start, (int)stored), (int)raw);
    }

    /// <summary>The next section.</summary>
    public ReadOnlySpan<byte> Next(long maxLength) => NextPadded(maxLength)[..^Padding];

    /// <summary>Throws when bytes are left.</summary>
    public readonly void Finish()
    {
        if (_position != _end)
        {
            Malformed.Throw("bytes are left behind the last section");
        }
    }
}
