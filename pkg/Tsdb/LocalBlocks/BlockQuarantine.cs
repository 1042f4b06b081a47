using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Merging;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Tsdb.LocalBlocks;

/// <summary>Moves damaged blocks out of the way, once what can still be read of them is in a new block.</summary>
internal sealed class BlockQuarantine
{
    private readonly string _directory;
    private readonly Func<TenantId, BlockId, string> _directoryOf;
    private readonly BlockSectionCache _cache;
    private readonly QuarantineLog _quarantined;
    private readonly IFileSystem _files;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TsdbMetrics _metrics;

    public BlockQuarantine(
        string directory, Func<TenantId, BlockId, string> directoryOf, BlockSectionCache cache, QuarantineLog quarantined, IFileSystem files, TimeProvider time,
        ILogger logger, TsdbMetrics metrics)
    {
        _directory = directory;
        _directoryOf = directoryOf;
        _cache = cache;
        _quarantined = quarantined;
        _files = files;
        _time = time;
        _logger = logger;
        _metrics = metrics;
    }

    /// <summary>Sets a block aside.</summary>
    /// <param name="directory">Where it lies.</param>
    /// <param name="tenant">Whose, as its folder says.</param>
    /// <param name="id">Its id, as its folder says.</param>
    /// <param name="why">What does not hold.</param>
    /// <param name="beforeMove">Called before its files move.</param>
    /// <returns>Folder of a durable block with what could be read; null when that is nothing.</returns>
    /// <exception cref="IOException">The new block could not be written; the damaged one is where it was.</exception>
    public async Task<string?> SetAsideAsync(string directory, TenantId tenant, BlockId id, string why, Action beforeMove)
    {
        (BlockMeta? rest, string lost, QueryRange? lostRange) = await SalvageAsync(directory, tenant).ConfigureAwait(false);
        if (lostRange is { } range)
        {
            _quarantined.Losses.Note(tenant, new MissingData(range, $"block {id}", $"it was damaged and is set aside; {lost}"));
        }

        string aside = Path.Combine(_directory, tenant.Name, id.ToString());
        beforeMove();
        _files.CreateDirectory(Path.GetDirectoryName(aside)!);
        _files.Move(directory, aside);
        _files.SyncDirectory(Path.GetDirectoryName(aside)!);
        _files.SyncDirectory(Path.GetDirectoryName(directory)!);
        Log.BlockQuarantined(_logger, directory, aside, why, lost);
        _metrics.BlockQuarantined();
        _quarantined.Note(Path.Combine("blocks", tenant.Name, id.ToString()), aside, $"{why}; {lost}");
        return rest is null ? null : _directoryOf(tenant, rest.Id);
    }

    /// <summary>Tells of a damaged block that was removed because the bucket has it.</summary>
    public void NoteReplaceable(LiveBlock block, string why)
    {
        Log.LocalCopyDamaged(_logger, block.Directory, why);
        _metrics.BlockQuarantined();
    }

    private async Task<(BlockMeta? Left, string Lost, QueryRange? LostRange)> SalvageAsync(string directory, TenantId tenant)
    {
        BlockReader damaged;
        try
        {
            damaged = await BlockReader.OpenAsync(new LocalBlockSource(directory), _cache, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            return (null, $"nothing of it could be kept: {e.Message}", QueryRange.All); // what would tell its times is what cannot be read
        }

        using (damaged)
        {
            return await CopyAsync(damaged, tenant).ConfigureAwait(false);
        }
    }

    private async Task<(BlockMeta? Left, string Lost, QueryRange? LostRange)> CopyAsync(BlockReader damaged, TenantId tenant)
    {
        BlockMeta meta = damaged.Meta;
        var options = new BlockWriterOptions
        {
            Id = BlockId.New(_time, new Random(RandomNumberGenerator.GetInt32(int.MaxValue))),
            Tenant = tenant,
            Range = meta.Range,
            ResolutionMs = meta.ResolutionMs,
            Level = meta.Level,
            Sources = [meta.Id.ToString()], // not the parts: where one is still there it has what is lost here, and must not be dropped
        };
        BlockSalvage salvage = await BlockSalvager.CopyAsync(damaged, _files, _directoryOf(tenant, options.Id), options, CancellationToken.None).ConfigureAwait(false);
        return (salvage.Left, salvage.Report, salvage.LostRange);
    }
}
