using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Uploading;

/// <summary>
/// Hands the local store's blocks on to the bucket: uploads what is not there, tells the store what the index in use lists, and removes from the local disk what
/// is listed and past the hot period. The queue is the local store itself, so that it survives everything that the store does.
/// </summary>
/// <remarks>Rounds are called one after another.</remarks>
public sealed class BlockUploads
{
    private readonly ILocalBlocks _local;
    private readonly BlockUploader _uploader;
    private readonly IBucketIndexView _view;
    private readonly BlockStoreOptions _options;
    private readonly string _bucket;
    private readonly BlockStoreMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly HashSet<BlockId> _uploaded = []; // by this process, and not seen in an index yet
    private readonly HashSet<BlockId> _refused = []; // told of once
    private volatile UploadQueue _queue = UploadQueue.Empty;
    private volatile IReadOnlyList<LocalBlock> _waiting = [];

    /// <summary>Prepares the uploads.</summary>
    /// <param name="local">Where blocks are.</param>
    /// <param name="uploader">Uploads one.</param>
    /// <param name="view">What readers know of the bucket.</param>
    /// <param name="options">Hot period, retries.</param>
    /// <param name="bucket">What to call the bucket in messages.</param>
    /// <param name="metrics">Instruments.</param>
    /// <param name="logger">Told of uploads, and when the bucket begins and ceases to fail.</param>
    /// <param name="time">Clock.</param>
    public BlockUploads(
        ILocalBlocks local, BlockUploader uploader, IBucketIndexView view, BlockStoreOptions options, string bucket, BlockStoreMetrics metrics, ILogger logger,
        TimeProvider time)
    {
        _local = local;
        _uploader = uploader;
        _view = view;
        _options = options;
        _bucket = bucket;
        _metrics = metrics;
        _logger = logger;
        _time = time;
    }

    /// <summary>Called when a block was uploaded; null = nobody asks.</summary>
    public Action<TenantId, BlockId>? Uploaded { get; init; }

    /// <summary>How long a tenant's blocks stay on the local disk; null = as the options say.</summary>
    public Func<TenantId, TimeSpan>? HotPeriodOf { get; init; }

    /// <summary>What waits, as of the last round.</summary>
    public UploadQueue Queue => _queue;

    /// <summary>What waits of a tenant, as of the last round.</summary>
    public UploadQueue QueueOf(TenantId tenant) => Describe([.. _waiting.Where(block => block.Meta.Tenant == tenant)], _queue.Failure);

    /// <summary>Does what can be done now.</summary>
    /// <returns>False when the bucket failed and blocks wait.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await LearnAsync(cancellationToken).ConfigureAwait(false); // after a start, so that what is listed is not uploaded again
        bool works = await UploadAsync(cancellationToken).ConfigureAwait(false);
        await LearnAsync(cancellationToken).ConfigureAwait(false);
        return works;
    }

    private async Task<bool> UploadAsync(CancellationToken cancellationToken)
    {
        Queue<LocalBlock> waiting = Waiting();
        string? failure = null;
        Note(waiting, _queue.Failure);
        while (failure is null && waiting.TryPeek(out LocalBlock? block))
        {
            failure = await TryUploadAsync(block, cancellationToken).ConfigureAwait(false);
            if (failure is null)
            {
                _ = waiting.Dequeue();
            }

            NoteFailure(waiting, failure);
        }

        Note(Waiting(), failure);
        return failure is null;
    }

    /// <summary>Uploads one block.</summary>
    /// <returns>Why the bucket failed; null when it did not, whether or not the block could be uploaded.</returns>
    private async Task<string?> TryUploadAsync(LocalBlock block, CancellationToken cancellationToken)
    {
        long began = _time.GetTimestamp();
        try
        {
            _ = await _uploader.UploadAsync(block.Directory, cancellationToken).ConfigureAwait(false);
            _ = _uploaded.Add(block.Meta.Id);
            _ = _refused.Remove(block.Meta.Id);
            Uploaded?.Invoke(block.Meta.Tenant, block.Meta.Id);
            _metrics.Uploaded(block.Meta.SizeBytes);
            Log.BlockUploaded(
                _logger, block.Meta.Id.ToString(), block.Meta.Tenant.Name, block.Meta.SizeBytes, _time.GetElapsedTime(began).TotalMilliseconds);
            return null;
        }
        catch (BucketException e)
        {
            _metrics.UploadFailed();
            return e.Message;
        }
        catch (IOException e)
        {
            // Of the local disk: another block may do better. One that retention removed meanwhile, or that damage replaced, is no failure.
            if (_local.GetLocalBlocks().Any(other => other.Meta.Id == block.Meta.Id))
            {
                _metrics.UploadFailed();
                if (_refused.Add(block.Meta.Id))
                {
                    Log.BlockNotUploaded(_logger, block.Meta.Id.ToString(), block.Meta.Tenant.Name, e.Message);
                }
            }

            return null;
        }
    }

    /// <summary>Learns what the bucket lists, for the queue and for the store.</summary>
    private async Task LearnAsync(CancellationToken cancellationToken)
    {
        foreach (IGrouping<TenantId, LocalBlock> blocks in _local.GetLocalBlocks().GroupBy(static block => block.Meta.Tenant))
        {
            BucketIndex index;
            try
            {
                index = await _view.GetAsync(blocks.Key, cancellationToken).ConfigureAwait(false);
            }
            catch (CorruptDataException)
            {
                continue; // the view has counted it; the next update makes the index anew
            }
            catch (BucketException)
            {
                break; // counted, too; that of another tenant would cost as long a wait
            }

            HashSet<BlockId> held = [.. blocks.Select(static block => block.Meta.Id).Where(index.Holds)];
            _uploaded.ExceptWith(held);
            if (!_options.KeepLocalBlocks)
            {
                HandOver(index, [.. blocks], held, ColdBeforeMs(blocks.Key));
            }
        }

        Note(Waiting(), _queue.Failure);
    }

    private long ColdBeforeMs(TenantId tenant)
    {
        DateTimeOffset now = _time.GetUtcNow();
        TimeSpan hot = HotPeriodOf?.Invoke(tenant) ?? _options.HotPeriod;
        return hot >= now - DateTimeOffset.MinValue ? long.MinValue : (now - hot).ToUnixTimeMilliseconds();
    }

    /// <summary>Tells the store what the readers of the bucket have, and lets go of what is past the hot period.</summary>
    private void HandOver(BucketIndex index, IReadOnlyList<LocalBlock> blocks, HashSet<BlockId> held, long coldBeforeMs)
    {
        TenantId tenant = index.Tenant;
        _local.MarkSettled(tenant, held);
        HashSet<BlockId> cold = [.. blocks.Where(block => block.Meta.Range.End <= coldBeforeMs && held.Contains(block.Meta.Id)).Select(static block => block.Meta.Id)];
        if (cold.Count > 0 && _local.Remove(tenant, cold, cold.Where(block => !index.HasSamples(block)).ToHashSet()) is > 0 and int removed)
        {
            _metrics.HandedOver(removed);
            Log.BlocksHandedOver(_logger, removed, tenant.Name);
        }
    }

    /// <summary>Blocks to be uploaded, in the order they were cut.</summary>
    private Queue<LocalBlock> Waiting()
    {
        IReadOnlyList<LocalBlock> all = _local.GetLocalBlocks();
        HashSet<BlockId> there = [.. all.Select(static block => block.Meta.Id)];
        _uploaded.IntersectWith(there);
        _refused.IntersectWith(there);
        return new(all.Where(IsWaiting).OrderBy(static block => block.Meta.Id));
    }

    private bool IsWaiting(LocalBlock block) =>
        !block.IsSettled && !_uploaded.Contains(block.Meta.Id) && _view.Peek(block.Meta.Tenant)?.Holds(block.Meta.Id) != true;

    private void NoteFailure(Queue<LocalBlock> waiting, string? failure)
    {
        if (failure is not null && _queue.Failure is null)
        {
            Log.UploadsWait(_logger, _bucket, waiting.Count, waiting.Sum(static block => block.Meta.SizeBytes), _options.UploadRetryDelay.TotalSeconds, failure);
        }
        else if (failure is null && _queue.Failure is not null)
        {
            Log.UploadsGoOn(_logger, _bucket);
        }

        Note(waiting, failure);
    }

    private void Note(Queue<LocalBlock> waiting, string? failure)
    {
        _waiting = [.. waiting];
        _queue = Describe(_waiting, failure);
        _metrics.QueueIs(_queue.Blocks, _queue.SizeBytes);
    }

    private static UploadQueue Describe(IReadOnlyList<LocalBlock> waiting, string? failure) => new(
        waiting.Count, waiting.Sum(static block => block.Meta.SizeBytes), waiting.Count == 0 ? null : waiting.Min(static block => block.Meta.Id.CreatedMs), failure);
}
