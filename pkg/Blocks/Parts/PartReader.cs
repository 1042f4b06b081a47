using Microsoft.Win32.SafeHandles;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Parts;

/// <summary>
/// An open part. Only the index is in memory; cursors read blocks. Counted: the file stays readable, deleted or not, until the owner and every cursor have
/// let go.
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class PartReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly PartIndex _index;
    private readonly PartBufferPool _pool;
    private readonly bool _ownsPool;
    private int _holders = 1; // the owner and each cursor; the file closes at 0
    private int _disposed;

    private PartReader(string path, SafeFileHandle file, PartIndex index, PartBufferPool? pool)
    {
        FilePath = path;
        _file = file;
        _index = index;
        _ownsPool = pool is null;
        _pool = pool ?? new PartBufferPool(4);
        Tenants = Array.ConvertAll(index.Tenants, static section => section.Tenant);
    }

    /// <summary>Path it was opened with.</summary>
    public string FilePath { get; }

    /// <summary>What the part holds.</summary>
    public PartInfo Info => _index.Info;

    /// <summary>Tenants with samples in the part, by ascending name.</summary>
    public IReadOnlyList<TenantId> Tenants { get; }

    internal PartIndex Index => _index;

    internal PartBufferPool Pool => _pool;

    /// <summary>Opens a part and checks file header, footer and index; blocks are checked when they are read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pool">Memory to share with other parts; null for a small pool of its own.</param>
    /// <exception cref="CorruptDataException">The file is damaged or not a part.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PartReader Open(string path, PartBufferPool? pool = null)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
        try
        {
            return new PartReader(path, file, PartIndexReader.Read(file, path), pool);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>True when the part holds samples of the tenant.</summary>
    public bool HasTenant(TenantId tenant) => _index.TryFind(tenant, out _);

    /// <summary>Greatest series ref that the tenant's samples carry; null when it has none here.</summary>
    public uint? MaxRef(TenantId tenant)
    {
        uint? max = null;
        if (_index.TryFind(tenant, out TenantSection section))
        {
            foreach (BlockEntry block in _index.Entries.AsSpan(section.First, section.FloatBlocks + section.HistogramBlocks))
            {
                max = Math.Max(max ?? 0, block.LastRef);
            }
        }

        return max;
    }

    /// <summary>Times that the tenant's samples in the part lie between (inclusive, milliseconds), their number and the bytes of their blocks; null when it has none here.</summary>
    public TenantExtent? ExtentOf(TenantId tenant)
    {
        if (!_index.TryFind(tenant, out TenantSection section))
        {
            return null;
        }

        long min = long.MaxValue;
        long max = long.MinValue;
        long bytes = 0;
        long rows = 0;
        foreach (BlockEntry block in _index.Entries.AsSpan(section.First, section.FloatBlocks + section.HistogramBlocks))
        {
            min = Math.Min(min, block.MinTime);
            max = Math.Max(max, block.MaxTime);
            bytes += block.Length;
            rows += block.Rows;
        }

        return new(min, max, bytes, rows);
    }

    /// <summary>Opens a cursor on a tenant's samples in the range; dispose it. A tenant without samples gives an empty cursor.</summary>
    /// <exception cref="ObjectDisposedException">The owner and all cursors have let go already.</exception>
    public PartCursor OpenCursor(TenantId tenant, QueryRange range)
    {
        Acquire();
        _ = _index.TryFind(tenant, out TenantSection section);
        return new PartCursor(this, section with { Tenant = tenant }, range);
    }

    /// <summary>Reads and decodes every block.</summary>
    /// <returns>The damaged ones, in order of tenant and kind; empty when all is well.</returns>
    public IReadOnlyList<DamagedBlock> VerifyAll(CancellationToken cancellationToken)
    {
        Acquire();
        RowBlock rows = _pool.RentBlock();
        var damaged = new List<DamagedBlock>();
        try
        {
            foreach (TenantSection section in _index.Tenants)
            {
                for (int i = 0; i < section.FloatBlocks + section.HistogramBlocks; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    BlockKind kind = i < section.FloatBlocks ? BlockKind.Floats : BlockKind.Histograms;
                    BlockEntry entry = _index.Entries[section.First + i];
                    try
                    {
                        Load(section.Tenant, kind, entry, rows);
                    }
                    catch (CorruptDataException corrupt)
                    {
                        damaged.Add(DamagedBlock.From(section.Tenant, kind, entry, corrupt.What));
                    }
                }
            }
        }
        finally
        {
            _pool.Return(rows);
            Release();
        }

        return damaged;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Release();
        }
    }

    /// <summary>Reads, checks and decodes a block; the caller holds the part.</summary>
    internal void Load(TenantId tenant, BlockKind kind, in BlockEntry entry, RowBlock rows)
    {
        BlockLoader loader = _pool.RentLoader();
        try
        {
            loader.Load(_file, FilePath, Info.Id, tenant, kind, entry, rows);
        }
        finally
        {
            _pool.Return(loader);
        }
    }

    internal void Acquire()
    {
        int holders = Volatile.Read(ref _holders);
        while (true)
        {
            ObjectDisposedException.ThrowIf(holders == 0, this);
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return;
            }

            holders = seen;
        }
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _file.Dispose();
            if (_ownsPool)
            {
                _pool.Dispose();
            }
        }
    }
}
