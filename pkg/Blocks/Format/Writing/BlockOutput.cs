using System.IO.Hashing;
using RemoteStore.Blocks.Parts;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>A file of a block as it is written, with the checksum over all of it.</summary>
internal sealed class BlockOutput : IDisposable
{
    private const int BufferBytes = 64 << 10;

    private readonly BlockFile _file;
    private readonly PartOutput _output;
    private readonly XxHash3 _hash;

    public BlockOutput(IFileSystem files, string directory, BlockFile file, BlockSeal seal)
    {
        _file = file;
        _hash = new XxHash3(seal.Seed(file, BlockSection.File, 0));
        _output = new PartOutput(files.Create(Path.Combine(directory, BlockFormat.NameOf(file))), BufferBytes);
    }

    /// <summary>Bytes written so far.</summary>
    public long Position => _output.Position;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _hash.Append(bytes);
        _output.Write(bytes);
    }

    /// <summary>Makes the file durable.</summary>
    public BlockFileInfo Finish()
    {
        _output.Sync();
        return new(_file, _output.Position, _hash.GetCurrentHashAsUInt64());
    }

    public void Dispose() => _output.Dispose();
}
