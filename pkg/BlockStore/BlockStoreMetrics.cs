using Prometheus;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Telemetry;

namespace RemoteStore.BlockStore;

/// <summary>Instruments of blocks in a bucket: uploads and the indexes.</summary>
public sealed class BlockStoreMetrics
{
    private readonly Gauge _queueBlocks;
    private readonly Gauge _queueBytes;
    private readonly Counter _uploads;
    private readonly Counter _uploadedBytes;
    private readonly Counter _uploadFailures;
    private readonly Counter _handedOver;
    private readonly Counter _indexFailures;
    private readonly Gauge _indexUpdated;
    private readonly Gauge _blocks;
    private readonly Gauge _marked;
    private readonly Gauge _broken;

    /// <summary>Creates the instruments in a registry.</summary>
    public BlockStoreMetrics(MetricsRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _queueBlocks = registry.Gauge("remotestore_block_store_upload_queue_blocks", "Local blocks that wait to be uploaded.");
        _queueBytes = registry.Gauge("remotestore_block_store_upload_queue_bytes", "Bytes of local blocks that wait to be uploaded.");
        _uploads = registry.Counter("remotestore_block_store_uploads_total", "Blocks uploaded and read back.");
        _uploadedBytes = registry.Counter("remotestore_block_store_uploaded_bytes_total", "Bytes of blocks uploaded.");
        _uploadFailures = registry.Counter("remotestore_block_store_upload_failures_total", "Uploads that did not succeed; they are tried again.");
        _handedOver = registry.Counter("remotestore_block_store_handed_over_blocks_total", "Blocks removed from the local disk because the bucket has them.");
        _indexFailures = registry.Counter("remotestore_block_store_index_failures_total", "Loads and updates of bucket indexes that did not succeed.", "operation");
        _indexUpdated = registry.Gauge(
            "remotestore_block_store_index_updated_timestamp_seconds", "When the listing began that the bucket index in use rests on.", "tenant");
        _blocks = registry.Gauge("remotestore_block_store_blocks", "Blocks that the bucket index lists.", "tenant");
        _marked = registry.Gauge("remotestore_block_store_deletion_marks", "Blocks in the bucket that are to be removed.", "tenant");
        _broken = registry.Gauge("remotestore_block_store_broken_blocks", "Blocks in the bucket that are damaged and set aside.", "tenant");
    }

    internal void QueueIs(int blocks, long bytes)
    {
        _queueBlocks.Set(blocks);
        _queueBytes.Set(bytes);
    }

    internal void Uploaded(long bytes)
    {
        _uploads.Inc();
        _uploadedBytes.Inc(bytes);
    }

    internal void UploadFailed() => _uploadFailures.Inc();

    internal void HandedOver(int blocks) => _handedOver.Inc(blocks);

    internal void IndexFailed(string operation) => _indexFailures.WithLabels(operation).Inc();

    internal void IndexIs(BucketIndex index)
    {
        string tenant = index.Tenant.Name;
        _indexUpdated.WithLabels(tenant).Set(index.UpdatedAtMs / 1000.0);
        _blocks.WithLabels(tenant).Set(index.Blocks.Count);
        _marked.WithLabels(tenant).Set(index.DeletionMarks.Count);
        _broken.WithLabels(tenant).Set(index.BrokenMarks.Count);
    }
}
