using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;

namespace RemoteStore.Blocks.Tests.Format;

/// <summary>Files of a block in memory; writes down every read, gives each one asynchronously if asked to, and can be changed by the test.</summary>
internal sealed class CountingBlockSource : IBlockSource
{
    private readonly Dictionary<BlockFile, byte[]> _files = [];

    public CountingBlockSource(string directory)
    {
        foreach ((BlockFile file, string name) in new[] { (BlockFile.Meta, "meta.json"), (BlockFile.Index, "index"), (BlockFile.Chunks, "chunks") })
        {
            _files[file] = File.ReadAllBytes(Path.Combine(directory, name));
        }
    }

    private CountingBlockSource(Dictionary<BlockFile, byte[]> files) => _files = files;

    public List<(BlockFile File, long Offset, int Length)> Reads { get; } = [];

    public bool Asynchronous { get; init; }

    public bool Disposed { get; private set; }

    public byte[] this[BlockFile file]
    {
        get => _files[file];
        set => _files[file] = value;
    }

    /// <summary>The same files with one changed.</summary>
    public CountingBlockSource With(BlockFile file, byte[] bytes) => new(new Dictionary<BlockFile, byte[]>(_files) { [file] = bytes });

    public async ValueTask ReadAsync(BlockFile file, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Reads)
        {
            Reads.Add((file, offset, destination.Length));
        }

        if (Asynchronous)
        {
            await Task.Yield();
        }

        if (offset + destination.Length > _files[file].Length)
        {
            throw new Primitives.Files.CorruptDataException(Describe(file), _files[file].Length, "the file ends early");
        }

        _files[file].AsMemory((int)offset, destination.Length).CopyTo(destination);
    }

    public ValueTask<long> GetLengthAsync(BlockFile file, CancellationToken cancellationToken) => ValueTask.FromResult((long)_files[file].Length);

    public string Describe(BlockFile file) => "memory:" + file;

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
