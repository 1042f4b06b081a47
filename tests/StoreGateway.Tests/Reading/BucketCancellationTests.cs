using RemoteStore.Model;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;

namespace RemoteStore.StoreGateway.Tests.Reading;

/// <summary>Queries that are given up while the bucket hangs: they end, begin no further read, and leave nothing taken.</summary>
public sealed class BucketCancellationTests : IDisposable
{
    private const int Blocks = 5;

    private readonly GatewayHarness _harness = new(new StoreGatewayOptions { QueryConcurrency = 2, Concurrency = 2, CacheBytes = 0 });
    private readonly CancellationTokenSource _given = new();
    private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reads;

    public void Dispose()
    {
        _given.Dispose();
        _harness.Dispose();
    }

    [Theory]
    [InlineData(1)] // the first index
    [InlineData(2)]
    [InlineData(3)] // pages
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(14)]
    public async Task Select_GivenUpWhileAReadHangs_EndsAndBeginsNoOther(int hanging)
    {
        await FillAsync();
        HangFrom(hanging);
        await using (IQuerier querier = await _harness.OpenAsync())
        {
            Task<ISeriesSet> select = querier.SelectAsync(true, new SelectHints(QueryRange.All), [GatewayHarness.All], _given.Token).AsTask();

            await EndsAsync(select);
        }

        await AnswersAgainAsync();
    }

    [Fact]
    public async Task MoveNext_GivenUpWhileAReadHangs_EndsAndBeginsNoOther()
    {
        await FillAsync();
        await using (IQuerier querier = await _harness.OpenAsync(new QueryRange(0, GatewayHarness.Hour))) // of a single block nothing is read ahead
        {
            await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All), [GatewayHarness.All], _given.Token);
            HangFrom(1);

            await EndsAsync(DrainAsync(set, _given.Token));
        }

        await AnswersAgainAsync();
    }

    [Theory]
    [InlineData("names")]
    [InlineData("values")]
    [InlineData("series")]
    public async Task Lists_GivenUpWhileAReadHangs_EndAndBeginNoOther(string call)
    {
        await FillAsync();
        HangFrom(2);
        await using (IQuerier querier = await _harness.OpenAsync())
        {
            Task list = call switch
            {
                "names" => querier.LabelNamesAsync([], 0, _given.Token).AsTask(),
                "values" => querier.LabelValuesAsync("i", [GatewayHarness.All], 0, _given.Token).AsTask(),
                _ => querier.SelectSeriesAsync([GatewayHarness.All], 0, _given.Token).AsTask(),
            };

            await EndsAsync(list);
        }

        await AnswersAgainAsync();
    }

    [Fact]
    public async Task Select_GivenUpWhileItWaitsForItsTurn_EndsWithoutARead()
    {
        await FillAsync();
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _harness.Bucket.BeforeRead = async (_, token) =>
        {
            if (Interlocked.Increment(ref _reads) == 2)
            {
                _hangs.SetResult();
            }

            await goOn.Task.WaitAsync(token);
        };
        await using IQuerier first = await _harness.OpenAsync();
        Task<ISeriesSet> reading = first.SelectAsync(true, new SelectHints(QueryRange.All), [GatewayHarness.All], CancellationToken.None).AsTask();
        await _hangs.Task; // both requests that all queries may make at a time are under way
        await using IQuerier second = await _harness.OpenAsync();
        Task<ISeriesSet> waiting = second.SelectAsync(true, new SelectHints(QueryRange.All), [GatewayHarness.All], _given.Token).AsTask();

        await _given.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        _harness.Bucket.Reads.Count.ShouldBe(2);
        goOn.SetResult();
        await using ISeriesSet set = await reading;
        (await GatewayHarness.DrainAsync(set)).Count.ShouldBe(10);
    }

    private async Task FillAsync()
    {
        for (int i = 0; i < Blocks; i++)
        {
            _ = await _harness.AddBlockAsync(i, (2 * i, (2 * i) + 2));
        }

        await _harness.UpdateIndexAsync();
    }

    /// <summary>Lets reads hang until their query is given up, from the n-th on.</summary>
    private void HangFrom(int read) => _harness.Bucket.BeforeRead = async (_, token) =>
    {
        if (Interlocked.Increment(ref _reads) >= read)
        {
            _hangs.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        }
    };

    private async Task EndsAsync(Task query)
    {
        await _hangs.Task;

        await _given.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => query);
        _harness.Bucket.Forget();
    }

    /// <summary>Nothing was read since; a query that comes now has all turns, and the blocks.</summary>
    private async Task AnswersAgainAsync()
    {
        _harness.Bucket.Reads.ShouldBeEmpty();
        _harness.Bucket.BeforeRead = null;
        (await _harness.ReadAsync()).Count.ShouldBe(10);
    }

    private static async Task DrainAsync(ISeriesSet set, CancellationToken cancellationToken)
    {
        while (await set.MoveNextAsync(cancellationToken))
        {
            set.Current.Count.ShouldBeGreaterThan(0);
        }
    }
}
