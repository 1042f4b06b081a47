using Microsoft.Win32.SafeHandles;
using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Merging;

/// <summary>Saves every intact block of a damaged part into a new part. When the index is lost, blocks are found by their headers.</summary>
public static class PartSalvager
{
    /// <summary>Writes what is intact to a new, durable part. The damaged file is only read.</summary>
    /// <param name="path">The damaged file.</param>
    /// <param name="files">Where the output is created.</param>
    /// <param name="outputPath">Its path.</param>
    /// <param name="id">Its number.</param>
    /// <param name="cancellationToken">Checked at each block.</param>
    /// <exception cref="CorruptDataException">Neither file header nor file name tell the part's number, without which no block can be checked.</exception>
    public static SalvageReport Salvage(string path, IFileSystem files, string outputPath, PartId id, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        PartIndex? index = TryReadIndex(file, path);
        int level = 1;
        PartId damaged = index?.Info.Id ?? FindId(file, path, out level);
        level = Math.Max(1, index?.Info.Level ?? level);
        var lost = new List<DamagedBlock>();
        using var loader = new BlockLoader();
        using PartWriter writer = PartWriter.Create(files, outputPath, id, level, PartWriterOptions.Default);
        var target = new SalvageTarget(writer);
        if (index is not null)
        {
            CopyIndexed(file, path, index, loader, target, lost, cancellationToken);
        }
        else
        {
            CopyFound(file, path, damaged, loader, target, lost, cancellationToken);
        }

        PartInfo? info = target.Rows > 0 ? writer.Finish() : null; // unfinished: disposal removes the file
        return new SalvageReport(path, info, lost, index is null);
    }

    private static PartIndex? TryReadIndex(SafeFileHandle file, string path)
    {
        try
        {
            return PartIndexReader.Read(file, path);
        }
        catch (CorruptDataException)
        {
            return null; // the report says so
        }
    }

    private static PartId FindId(SafeFileHandle file, string path, out int level)
    {
        try
        {
            return PartIndexReader.ReadHeader(file, path, out level);
        }
        catch (CorruptDataException)
        {
            level = 1;
            if (PartId.TryParseFileName(Path.GetFileName(path), out PartId id))
            {
                return id;
            }

            throw;
        }
    }

    private static void CopyIndexed(
        SafeFileHandle file, string path, PartIndex index, BlockLoader loader, SalvageTarget target, List<DamagedBlock> lost, CancellationToken cancellationToken)
    {
        var rows = new RowBlock();
        foreach (TenantSection section in index.Tenants)
        {
            for (int i = 0; i < section.FloatBlocks + section.HistogramBlocks; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                BlockKind kind = i < section.FloatBlocks ? BlockKind.Floats : BlockKind.Histograms;
                BlockEntry entry = index.Entries[section.First + i];
                try
                {
                    loader.Load(file, path, index.Info.Id, section.Tenant, kind, entry, rows);
                    target.Add(path, entry.Offset, section.Tenant, kind, rows);
                }
                catch (CorruptDataException corrupt)
                {
                    lost.Add(DamagedBlock.From(section.Tenant, kind, entry, corrupt.What));
                }
            }
        }
    }

    private static void CopyFound(
        SafeFileHandle file, string path, PartId id, BlockLoader loader, SalvageTarget target, List<DamagedBlock> lost, CancellationToken cancellationToken)
    {
        var rows = new RowBlock();
        var scan = new BlockScan(file, path, id);
        while (scan.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (scan.Header is not { } header)
            {
                lost.Add(new(scan.Offset, scan.Length, scan.Error!, null));
                continue;
            }

            try
            {
                loader.Load(file, path, id, scan.Offset, header, rows, out TenantId tenant);
                target.Add(path, scan.Offset, tenant, header.Kind, rows);
            }
            catch (CorruptDataException corrupt)
            {
                var entry = new BlockEntry(
                    scan.Offset, (int)scan.Length, header.FirstRef, header.LastRef, header.MinTime, header.MaxTime, header.Rows);
                lost.Add(DamagedBlock.From(null, header.Kind, entry, corrupt.What));
            }
        }
    }
}
