namespace RemoteStore.Storage.Querying;

/// <summary>Label bytes that stay where they are until <see cref="Clear"/>, which keeps the memory.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class LabelArena
{
    private const int ChunkBytes = 64 << 10;

    private readonly List<byte[]> _chunks = [];
    private int _chunk;
    private int _used;

    /// <summary>Memory of unknown content, valid until <see cref="Clear"/>.</summary>
    public Memory<byte> Allocate(int length)
    {
        while (_chunk < _chunks.Count && _chunks[_chunk].Length - _used < length)
        {
            _chunk++;
            _used = 0;
        }

        if (_chunk == _chunks.Count)
        {
            _chunks.Add(GC.AllocateUninitializedArray<byte>(Math.Max(ChunkBytes, length)));
            _used = 0;
        }

        _used += length;
        return _chunks[_chunk].AsMemory(_used - length, length);
    }

    /// <summary>Takes all memory back.</summary>
    public void Clear()
    {
        _chunk = 0;
        _used = 0;
    }
}
