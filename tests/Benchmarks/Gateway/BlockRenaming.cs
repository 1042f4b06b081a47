using System.Buffers.Binary;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;

namespace RemoteStore.Benchmarks.Gateway;

/// <summary>Gives the files of a block another name: same samples, every checksum anew, since the name is in each. Far cheaper than to write it once more.</summary>
internal sealed class BlockRenaming
{
    private readonly BlockMeta _meta;
    private readonly byte[] _index;
    private readonly byte[] _chunks;
    private readonly List<(BlockFile File, BlockSection Kind, long Offset, int Length)> _units = [];

    private BlockRenaming(BlockMeta meta, byte[] index, byte[] chunks)
    {
        _meta = meta;
        _index = index;
        _chunks = chunks;
    }

    /// <summary>Reads a block.</summary>
    public static async Task<BlockRenaming> ReadAsync(string folder)
    {
        using var cache = new BlockSectionCache();
        using BlockReader block = await BlockReader.OpenAsync(new LocalBlockSource(folder), cache, CancellationToken.None);
        var renaming = new BlockRenaming(
            block.Meta, await File.ReadAllBytesAsync(Path.Combine(folder, BlockFormat.IndexName)), await File.ReadAllBytesAsync(Path.Combine(folder, BlockFormat.ChunksName)));
        await renaming.FindUnitsAsync(block.Index);
        return renaming;
    }

    /// <summary>Writes it under another name.</summary>
    public void Write(BlockId id, string folder)
    {
        var seal = new BlockSeal(id);
        foreach (byte[] file in (byte[][])[_index, _chunks])
        {
            id.WriteTo(file.AsSpan(file.Length - BlockFormat.FooterLength + 8));
        }

        foreach ((BlockFile file, BlockSection kind, long offset, int length) in _units)
        {
            Span<byte> unit = (file == BlockFile.Index ? _index : _chunks).AsSpan((int)offset, length);
            BinaryPrimitives.WriteUInt64LittleEndian(unit[^BlockFormat.HashLength..], seal.Hash(file, kind, offset, unit[..^BlockFormat.HashLength]));
        }

        _ = Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, BlockFormat.IndexName), _index);
        File.WriteAllBytes(Path.Combine(folder, BlockFormat.ChunksName), _chunks);
        BlockMeta meta = _meta with { Id = id, Files = [InfoOf(id, BlockFile.Index, _index), InfoOf(id, BlockFile.Chunks, _chunks)] };
        File.WriteAllBytes(Path.Combine(folder, BlockFormat.MetaName), BlockMetaText.Format(meta));
    }

    private static BlockFileInfo InfoOf(BlockId id, BlockFile file, byte[] bytes)
    {
        var hash = new BlockFileHash(id, file);
        hash.Append(bytes);
        return new BlockFileInfo(file, bytes.Length, hash.Value);
    }

    private async Task FindUnitsAsync(IndexReader index)
    {
        IndexDirectory directory = await index.GetDirectoryAsync(CancellationToken.None);
        AddFrames(BlockSection.Pairs, directory.Pairs);
        AddFrames(BlockSection.Series, directory.Series);
        AddFrames(BlockSection.Postings, directory.Postings);
        await AddPagesAsync(index, BlockSection.SamplePages, BlockSection.SamplePage, directory.SamplePages);
        await AddPagesAsync(index, BlockSection.ColumnPages, BlockSection.ColumnPage, directory.ColumnPages);
        _units.Add((BlockFile.Index, BlockSection.Directory, directory.Footers.DirectoryOffset, directory.Footers.DirectoryStored + BlockFormat.HashLength));
        _units.Add((BlockFile.Index, BlockSection.Footer, _index.Length - BlockFormat.FooterLength, BlockFormat.FooterLength));
        _units.Add((BlockFile.Chunks, BlockSection.Footer, _chunks.Length - BlockFormat.FooterLength, BlockFormat.FooterLength));
    }

    private void AddFrames(BlockSection kind, FrameTable frames)
    {
        for (int frame = 0; frame < frames.Count; frame++)
        {
            _units.Add((BlockFile.Index, kind, frames.Offset(frame), frames.Length(frame)));
        }
    }

    private async Task AddPagesAsync(IndexReader index, BlockSection kind, BlockSection pageKind, PageTable table)
    {
        AddFrames(kind, table.Frames);
        for (int frame = 0; frame < table.Frames.Count; frame++)
        {
            foreach (PageEntry page in await index.GetPagesAsync(kind, table, frame, CancellationToken.None))
            {
                _units.Add((BlockFile.Chunks, pageKind, page.Offset, (int)page.StoredLength));
            }
        }
    }
}
