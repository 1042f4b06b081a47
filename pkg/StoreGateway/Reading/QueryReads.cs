using System.Globalization;
using RemoteStore.Storage.Querying;

namespace RemoteStore.StoreGateway.Reading;

/// <summary>What one query reads from object storage: how much, and how much of it at a time. Safe for concurrent use.</summary>
internal sealed class QueryReads : IDisposable
{
    private readonly StoreGatewayOptions _options;
    private readonly SemaphoreSlim _all;
    private readonly StoreGatewayMetrics _metrics;
    private readonly SemaphoreSlim _own;
    private long _bytes;

    /// <param name="options">Limits.</param>
    /// <param name="all">Requests of all queries.</param>
    /// <param name="metrics">Counts.</param>
    public QueryReads(StoreGatewayOptions options, SemaphoreSlim all, StoreGatewayMetrics metrics)
    {
        _options = options;
        _all = all;
        _metrics = metrics;
        _own = new SemaphoreSlim(options.QueryConcurrency, options.QueryConcurrency);
    }

    /// <summary>Bytes asked for so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Blocks that are opened at a time.</summary>
    public int Concurrency => _options.QueryConcurrency;

    /// <summary>Makes a request when its turn has come.</summary>
    /// <param name="bytes">What it asks for.</param>
    /// <param name="read">Makes it.</param>
    /// <param name="end">Nobody needs it any more.</param>
    /// <param name="cancellationToken">Given up.</param>
    /// <exception cref="ReadLimitException">The query would read more than it may.</exception>
    public async ValueTask RunAsync(int bytes, Func<CancellationToken, ValueTask> read, CancellationToken end, CancellationToken cancellationToken)
    {
        if (Interlocked.Add(ref _bytes, bytes) > _options.MaxQueryBytes && _options.MaxQueryBytes > 0)
        {
            throw new ReadLimitException(string.Create(
                CultureInfo.InvariantCulture,
                $"query reads more from object storage than its limit of {_options.MaxQueryBytes} bytes ({StoreGatewayOptions.MaxQueryBytesOption})"));
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end);
        await _own.WaitAsync(ended.Token).ConfigureAwait(false);
        try
        {
            await _all.WaitAsync(ended.Token).ConfigureAwait(false);
            try
            {
                _metrics.Read(bytes);
                await read(ended.Token).ConfigureAwait(false);
            }
            finally
            {
                _ = _all.Release();
            }
        }
        finally
        {
            _ = _own.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _own.Dispose();
}
