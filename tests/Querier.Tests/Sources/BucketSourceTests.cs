using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Querier.Sources;
using RemoteStore.Storage.Querying;
using RemoteStore.Telemetry;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Querier.Tests.Sources;

/// <summary>A bucket behind a local store: asked only for what the local view does not hold.</summary>
public sealed class BucketSourceTests : IDisposable
{
    private readonly LocalStore _local = new();
    private readonly Bucket _bucket = new();
    private readonly MergedQueryable _merged;

    public BucketSourceTests() => _merged = new MergedQueryable(
        [new QuerySource("local", _local), new QuerySource("bucket", _bucket) { Guard = new SourceGuardOptions() }],
        new MetricsRegistry(), NullLogger<MergedQueryable>.Instance, TimeProvider.System);

    public void Dispose() => _merged.Dispose();

    [Fact]
    public async Task Open_BucketHasNothingToAdd_GivesTheLocalViewItself()
    {
        _bucket.Adds = false;

        await using IQuerier view = await _merged.OpenQuerierAsync(TenantId.Anonymous, QueryRange.All, CancellationToken.None);

        view.ShouldBeSameAs(_local.Opened); // no guard, no copies of batches
        _bucket.Held.ShouldBeNull();
    }

    [Fact]
    public async Task Open_BucketMayAdd_TellsItWhatTheLocalViewHolds()
    {
        await using IQuerier view = await _merged.OpenQuerierAsync(TenantId.Anonymous, QueryRange.All, CancellationToken.None);

        view.ShouldNotBeSameAs(_local.Opened);
        _bucket.Held.ShouldBeSameAs(_local.Opened!.Holdings);
        _bucket.Asked.ShouldBeSameAs(_local.Opened.Holdings);
    }

    [Fact]
    public async Task Open_BucketIsLeftOut_IsNotAsked()
    {
        MissingData[] without = [new(QueryRange.All, "bucket", "away")];

        await using IQuerier view = await _merged.OpenQuerierAsync(TenantId.Anonymous, QueryRange.All, without, CancellationToken.None);

        view.ShouldBeSameAs(_local.Opened);
        _bucket.Asked.ShouldBeNull();
    }

    private sealed class LocalStore : IQueryable
    {
        private readonly InMemoryStore _store = new();

        public LocalView? Opened { get; private set; }

        public async ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
            Opened = new LocalView(await _store.OpenQuerierAsync(tenant, range, cancellationToken));
    }

    private sealed class LocalView(IQuerier inner) : ILocalView
    {
        public LocalHoldings Holdings { get; } = new(new HashSet<BlockId> { new(1, 2) }, []);

        public IReadOnlyList<MissingData> Missing => inner.Missing;

        public ValueTask<ISeriesSet> SelectAsync(bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken) =>
            inner.SelectAsync(sorted, hints, matchers, cancellationToken);

        public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            inner.SelectSeriesAsync(matchers, limit, cancellationToken);

        public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            inner.LabelNamesAsync(matchers, limit, cancellationToken);

        public ValueTask<LimitedList<string>> LabelValuesAsync(
            string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            inner.LabelValuesAsync(name, matchers, limit, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Bucket : IBucketQueryable
    {
        private readonly InMemoryStore _store = new();

        public bool Adds { get; set; } = true;

        public LocalHoldings? Asked { get; private set; }

        public LocalHoldings? Held { get; private set; }

        public bool MayAdd(TenantId tenant, QueryRange range, LocalHoldings held)
        {
            Asked = held;
            return Adds;
        }

        public ValueTask<IQuerier> OpenQuerierAsync(
            TenantId tenant, QueryRange range, LocalHoldings held, IReadOnlyList<MissingData> without, CancellationToken cancellationToken)
        {
            Held = held;
            return _store.OpenQuerierAsync(tenant, range, cancellationToken);
        }

        public ValueTask<IQuerier> OpenQuerierAsync(
            TenantId tenant, QueryRange range, IReadOnlyList<MissingData> without, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("asked without what the local view holds");

        public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("asked without what the local view holds");
    }
}
