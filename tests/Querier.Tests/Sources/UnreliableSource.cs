using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Querier.Tests.Sources;

/// <summary>A store that hangs, fails or dawdles where the test says, and knows what has not been given back.</summary>
internal sealed class UnreliableSource(IQueryable inner) : IQueryable
{
    private readonly TaskCompletionSource _firstCall = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _held;
    private int _mostViews;
    private int _views;
    private int _opened;

    /// <summary>Runs before a call; the number is that of the batch when batches are read, else 0. May throw, wait, or block.</summary>
    public Func<SourceCall, TenantId, int, CancellationToken, Task> Before { get; set; } = static (_, _, _, _) => Task.CompletedTask;

    /// <summary>Views and sets that are not disposed.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Views opened so far, failed attempts included.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>Most calls to open, or open views, at a time.</summary>
    public int MostViews => Volatile.Read(ref _mostViews);

    /// <summary>Completes with the first call.</summary>
    public Task FirstCall => _firstCall.Task;

    public async ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _opened);
        int views = Interlocked.Increment(ref _views);
        lock (this)
        {
            _mostViews = Math.Max(_mostViews, views);
        }

        try
        {
            await CallAsync(SourceCall.Open, tenant, 0, cancellationToken);
            Interlocked.Increment(ref _held);
            return new View(this, tenant, await inner.OpenQuerierAsync(tenant, range, cancellationToken));
        }
        catch
        {
            Interlocked.Decrement(ref _views);
            throw;
        }
    }

    /// <summary>Waits until everything has been given back.</summary>
    public async Task AllReleasedAsync()
    {
        while (Held > 0)
        {
            await Task.Yield();
        }
    }

    private Task CallAsync(SourceCall call, TenantId tenant, int batch, CancellationToken cancellationToken)
    {
        _ = _firstCall.TrySetResult();
        return Before(call, tenant, batch, cancellationToken);
    }

    private sealed class View(UnreliableSource source, TenantId tenant, IQuerier inner) : IQuerier
    {
        public IReadOnlyList<MissingData> Missing => inner.Missing;

        public async ValueTask<ISeriesSet> SelectAsync(
            bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
        {
            await source.CallAsync(SourceCall.Select, tenant, 0, cancellationToken);
            Interlocked.Increment(ref source._held);
            return new Set(source, tenant, await inner.SelectAsync(sorted, hints, matchers, cancellationToken));
        }

        public async ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(
            IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
        {
            await source.CallAsync(SourceCall.Labels, tenant, 0, cancellationToken);
            return await inner.SelectSeriesAsync(matchers, limit, cancellationToken);
        }

        public async ValueTask<LimitedList<string>> LabelNamesAsync(
            IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
        {
            await source.CallAsync(SourceCall.Labels, tenant, 0, cancellationToken);
            return await inner.LabelNamesAsync(matchers, limit, cancellationToken);
        }

        public async ValueTask<LimitedList<string>> LabelValuesAsync(
            string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
        {
            await source.CallAsync(SourceCall.Labels, tenant, 0, cancellationToken);
            return await inner.LabelValuesAsync(name, matchers, limit, cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            Interlocked.Decrement(ref source._views);
            Interlocked.Decrement(ref source._held);
        }
    }

    private sealed class Set(UnreliableSource source, TenantId tenant, ISeriesSet inner) : ISeriesSet
    {
        private int _batches;
        private int _calls;

        public SeriesBatch Current
        {
            get => inner.Current;
            set => inner.Current = value;
        }

        public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _calls) != 1)
            {
                throw new InvalidOperationException("two calls at once");
            }

            try
            {
                await source.CallAsync(SourceCall.Read, tenant, _batches++, cancellationToken);
                return await inner.MoveNextAsync(cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _calls);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (Volatile.Read(ref _calls) != 0)
            {
                throw new InvalidOperationException("disposed during a call");
            }

            await inner.DisposeAsync();
            Interlocked.Decrement(ref source._held);
        }
    }
}

/// <summary>Calls of a source.</summary>
public enum SourceCall
{
    /// <summary>Opening a view.</summary>
    Open,

    /// <summary>Finding series.</summary>
    Select,

    /// <summary>Reading a batch.</summary>
    Read,

    /// <summary>Names, values, series without samples.</summary>
    Labels,
}
