namespace RemoteStore.Storage.Merging;

/// <summary>Copies of label sets that stay where they are until <see cref="Clear"/>, which keeps the memory.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class LabelArena
{
    private const int ChunkBytes = 64 << 10;

    private readonly List<byte[]> _chunks = [];
    private int _chunk;
    private int _used;

    /// <summary>Copies bytes; the copy is valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Add(ReadOnlySpan<byte> bytes)
    {
        while (_chunk < _chunks.Count && _chunks[_chunk].Length - _used < bytes.Length)
        {
            _chunk++;
            _used = 0;
        }

        if (_chunk == _chunks.Count)
        {
            _chunks.Add(GC.AllocateUninitializedArray<byte>(Math.Max(ChunkBytes, bytes.Length)));
            _used = 0;
        }

        Memory<byte> copy = _chunks[_chunk].AsMemory(_used, bytes.Length);
        bytes.CopyTo(copy.Span);
        _used += bytes.Length;
        return copy;
    }

    /// <summary>Forgets all copies.</summary>
    public void Clear()
    {
        _chunk = 0;
        _used = 0;
    }
}
