using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.Querier.Sources;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Querier.Tests.Sources;

/// <summary>Answers over several sources are complete, or errors, or say exactly what they lack.</summary>
public sealed class MergedQueryableTests : IDisposable
{
    private const string Gap = "no data of blocks from 2023-11-14T22:05:35.001Z to 2023-11-14T22:13:19.999Z: ";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60); // of a test that would hang
    private static readonly LabelMatcher s_m = new(MatchType.Equal, "__name__", "m");

    private readonly SourceHarness _harness = new(new SourceGuardOptions { Timeout = TimeSpan.FromSeconds(30), ConcurrencyPerTenant = 2 });

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Query_BothSourcesAnswer_CountsAllSamples()
    {
        await _harness.FillAsync();
        QueryResult result = await AskAsync();
        SourceHarness.Value(result).ShouldBe(60);
        result.Warnings.ShouldBeEmpty();
        _harness.Blocks.Held.ShouldBe(0);
    }

    [Fact]
    public async Task Query_SourcesOverlap_EachTimestampCountsOnce()
    {
        await _harness.FillAsync();
        foreach (TenantId tenant in new[] { SourceHarness.A, SourceHarness.B })
        {
            var copies = new RemoteStore.Testing.BatchBuilder();
            copies.Add(LabelSet.From("__name__", "m", "i", "1"), (SourceHarness.Boundary, 1.0), (SourceHarness.Boundary + SourceHarness.Step, 1.0));
            await _harness.BlockStore.AppendAsync(tenant, copies.Build(), CancellationToken.None);
        }

        SourceHarness.Value(await AskAsync()).ShouldBe(60);
    }

    [Theory]
    [InlineData(SourceCall.Open, 0)]
    [InlineData(SourceCall.Select, 0)]
    [InlineData(SourceCall.Read, 0)]
    [InlineData(SourceCall.Read, 2)]
    public async Task Query_SourceFails_ErrorNamesSourceAndTimes(SourceCall at, int batch)
    {
        await _harness.FillAsync();
        FailAt(at, batch);

        QueryException e = await Should.ThrowAsync<QueryException>(AskAsync);

        e.Kind.ShouldBe(QueryErrorKind.Storage);
        e.Message.ShouldContain(Gap + "the bucket is away");
        _harness.Blocks.Held.ShouldBe(0);
        (await _harness.MetricsAsync()).ShouldContain("remotestore_querier_source_failures_total{source=\"blocks\",reason=\"error\"} 1");
    }

    [Theory]
    [InlineData(SourceCall.Open, 0)]
    [InlineData(SourceCall.Select, 0)]
    [InlineData(SourceCall.Read, 0)]
    [InlineData(SourceCall.Read, 2)]
    public async Task Query_SourceFailsAndPartialIsAllowed_HasNothingOfTheSourceAndSaysSo(SourceCall at, int batch)
    {
        await _harness.FillAsync();
        FailAt(at, batch);

        QueryResult result = await AskAsync(partial: true);

        // The first two series came whole before the third failed: none of the three may have samples of the source.
        SourceHarness.Value(result).ShouldBe(30);
        result.Warnings.ShouldBe([Gap + "the bucket is away"]);
        _harness.Blocks.Held.ShouldBe(0);
    }

    [Fact]
    public async Task Query_RangeIsNotCovered_DoesNotAskTheSource()
    {
        await _harness.FillAsync();
        FailAt(SourceCall.Open, 0);
        QueryRequest request = QueryRequest.Instant("sum(count_over_time(m[1m]))", SourceHarness.Boundary + (9L * SourceHarness.Step));

        QueryResult result = await _harness.Service.QueryAsync(new QueryCall(SourceHarness.A, request), CancellationToken.None);

        SourceHarness.Value(result).ShouldBe(12);
        _harness.Blocks.Opened.ShouldBe(0);
    }

    [Theory]
    [InlineData(SourceCall.Open)]
    [InlineData(SourceCall.Select)]
    [InlineData(SourceCall.Read)]
    public async Task Query_SourceHangs_FailsAfterTheTimeoutAndReleasesLater(SourceCall at)
    {
        await _harness.FillAsync();
        var gate = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        _harness.Blocks.Before = (call, _, _, _) =>
        {
            if (call != at)
            {
                return Task.CompletedTask;
            }

            arrived.TrySetResult();
            return gate.Task; // knows no token
        };

        Task<QueryResult> query = AskAsync();
        await arrived.Task.WaitAsync(s_patience); // else time may pass for the calls before
        await _harness.PassUntilAsync(query);

        (await Should.ThrowAsync<QueryException>(query)).Message.ShouldContain(Gap + "it did not answer within 30 s");
        (await _harness.MetricsAsync()).ShouldContain("remotestore_querier_abandoned_reads{source=\"blocks\"} 1");
        gate.SetResult();
        await _harness.Blocks.AllReleasedAsync().WaitAsync(s_patience);
    }

    [Fact]
    public async Task Query_SourceHangsAndPartialIsAllowed_AnswersWithoutIt()
    {
        await _harness.FillAsync();
        var arrived = new TaskCompletionSource();
        _harness.Blocks.Before = (call, _, batch, token) =>
        {
            if (call != SourceCall.Read || batch != 1)
            {
                return Task.CompletedTask;
            }

            arrived.TrySetResult();
            return Task.Delay(Timeout.Infinite, token);
        };

        Task<QueryResult> query = AskAsync(partial: true);
        await arrived.Task.WaitAsync(s_patience);
        await _harness.PassUntilAsync(query);

        SourceHarness.Value(await query).ShouldBe(30);
        (await query).Warnings.ShouldBe([Gap + "it did not answer within 30 s"]);
        await _harness.Blocks.AllReleasedAsync().WaitAsync(s_patience); // the source was told to stop
    }

    [Theory]
    [InlineData(SourceCall.Open)]
    [InlineData(SourceCall.Select)]
    [InlineData(SourceCall.Read)]
    public async Task Query_CancelledWhileTheSourceIgnoresIt_StopsBeforeTheSourceDoes(SourceCall at)
    {
        await _harness.FillAsync();
        var gate = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        _harness.Blocks.Before = (call, _, _, _) =>
        {
            if (call != at)
            {
                return Task.CompletedTask;
            }

            arrived.TrySetResult();
            return gate.Task;
        };
        using var caller = new CancellationTokenSource();

        Task<QueryResult> query = _harness.Service.QueryAsync(SourceHarness.CountSamples(SourceHarness.A), caller.Token).AsTask();
        await arrived.Task.WaitAsync(s_patience);
        await caller.CancelAsync();

        (await Should.ThrowAsync<QueryException>(query.WaitAsync(s_patience))).Kind.ShouldBe(QueryErrorKind.Canceled);
        gate.SetResult();
        await _harness.Blocks.AllReleasedAsync().WaitAsync(s_patience);
    }

    [Fact]
    public async Task Query_Cancelled_TheSourceIsTold()
    {
        await _harness.FillAsync();
        var reads = new TaskCompletionSource();
        var told = new TaskCompletionSource();
        _harness.Blocks.Before = async (call, _, _, token) =>
        {
            if (call == SourceCall.Read)
            {
                reads.SetResult();
                try
                {
                    await Task.Delay(Timeout.Infinite, token);
                }
                finally
                {
                    told.SetResult();
                }
            }
        };
        using var caller = new CancellationTokenSource();
        Task<QueryResult> query = _harness.Service.QueryAsync(SourceHarness.CountSamples(SourceHarness.A), caller.Token).AsTask();
        await reads.Task.WaitAsync(s_patience);
        await caller.CancelAsync();

        (await Should.ThrowAsync<QueryException>(query.WaitAsync(s_patience))).Kind.ShouldBe(QueryErrorKind.Canceled);
        await told.Task.WaitAsync(s_patience);
        await _harness.Blocks.AllReleasedAsync().WaitAsync(s_patience);
    }

    [Fact]
    public async Task Query_SourceHangsForOneTenant_OthersAreAnsweredAndTheHangingOnesAreFew()
    {
        await _harness.FillAsync();
        var gate = new TaskCompletionSource();
        _harness.Blocks.Before = (call, tenant, _, _) => tenant == SourceHarness.A && call == SourceCall.Read ? gate.Task : Task.CompletedTask;

        Task<QueryResult>[] hanging = [.. Enumerable.Range(0, 20).Select(_ => AskAsync())];
        await _harness.Blocks.FirstCall.WaitAsync(s_patience);
        for (int i = 0; i < 50; i++)
        {
            SourceHarness.Value(await _harness.Service.QueryAsync(SourceHarness.CountSamples(SourceHarness.B), CancellationToken.None)).ShouldBe(60);
        }

        hanging.ShouldAllBe(static query => !query.IsCompleted);
        _harness.Blocks.MostViews.ShouldBeLessThanOrEqualTo(3, "two of the tenant that hangs, one of the other");
        gate.SetResult();
        foreach (Task<QueryResult> query in hanging)
        {
            SourceHarness.Value(await query).ShouldBe(60);
        }
    }

    [Fact]
    public async Task Query_SourceIsBusy_FailsWithThatReason()
    {
        await _harness.FillAsync();
        var gate = new TaskCompletionSource();
        _harness.Blocks.Before = (_, _, _, _) => gate.Task;

        Task<QueryResult>[] queries = [.. Enumerable.Range(0, 3).Select(_ => AskAsync())];
        await _harness.PassUntilAsync(Task.WhenAll(queries));

        string[] messages = [.. await Task.WhenAll(queries.Select(static async query => (await Should.ThrowAsync<QueryException>(query)).Message))];
        messages.Count(static message => message.Contains("it did not answer within 30 s", StringComparison.Ordinal)).ShouldBe(2);
        messages.Count(static message => message.Contains("it was busy with other reads for 30 s", StringComparison.Ordinal)).ShouldBe(1);
        gate.SetResult();
        await _harness.Blocks.AllReleasedAsync().WaitAsync(s_patience);
    }

    [Fact]
    public async Task Query_SourceBlocksItsThread_TheCallerIsNotBlocked()
    {
        await _harness.FillAsync();
        using var gate = new ManualResetEventSlim();
        _harness.Blocks.Before = (_, _, _, _) =>
        {
            gate.Wait(CancellationToken.None);
            return Task.CompletedTask;
        };

        ValueTask<QueryResult> query = _harness.Service.QueryAsync(SourceHarness.CountSamples(SourceHarness.A), CancellationToken.None);

        query.IsCompleted.ShouldBeFalse();
        gate.Set();
        SourceHarness.Value(await query).ShouldBe(60);
    }

    [Fact]
    public async Task Labels_SourceFails_AreAnErrorOrSayWhatIsMissing()
    {
        await _harness.FillAsync();
        FailAt(SourceCall.Labels, 0);
        var range = new QueryRange(SourceHarness.Boundary - 1000, SourceHarness.Boundary + 1000);

        MissingDataException e = await Should.ThrowAsync<MissingDataException>(async () => await ReadAsync(partial: false));
        e.Missing.Single().Range.ShouldBe(new QueryRange(SourceHarness.Boundary - 1000, SourceHarness.Boundary - 1));
        (IReadOnlyList<string> values, IReadOnlyList<MissingData> missing) = await ReadAsync(partial: true);
        values.ShouldBe(["0", "1", "2"]);
        missing.ShouldBe(e.Missing);

        ValueTask<(IReadOnlyList<string> Values, IReadOnlyList<MissingData> Missing)> ReadAsync(bool partial) =>
            PartialReads.RunAsync<(IReadOnlyList<string>, IReadOnlyList<MissingData>)>(_harness.Merged, partial, async view =>
            {
                await using IQuerier querier = await view.OpenQuerierAsync(SourceHarness.A, range, CancellationToken.None);
                LimitedList<string> values = await querier.LabelValuesAsync("i", [s_m], 0, CancellationToken.None);
                return (values.Items, querier.Missing);
            });
    }

    [Fact]
    public async Task Open_NoSourceCovers_IsEmpty()
    {
        using var merged = new MergedQueryable(
            [new QuerySource("old", _harness.BlockStore) { Covers = static _ => new QueryRange(0, 10) }],
            _harness.Registry,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<MergedQueryable>.Instance,
            _harness.Time);
        await using IQuerier querier = await merged.OpenQuerierAsync(SourceHarness.A, new QueryRange(11, 20), CancellationToken.None);
        (await querier.LabelNamesAsync([], 0, CancellationToken.None)).Items.ShouldBeEmpty();
        await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(new QueryRange(11, 20)), [s_m], CancellationToken.None);
        (await set.MoveNextAsync(CancellationToken.None)).ShouldBeFalse();
    }

    private Task<QueryResult> AskAsync() => AskAsync(partial: false);

    private Task<QueryResult> AskAsync(bool partial) =>
        _harness.Service.QueryAsync(SourceHarness.CountSamples(SourceHarness.A, partial), CancellationToken.None).AsTask();

    private void FailAt(SourceCall at, int batch) => _harness.Blocks.Before = (call, _, number, _) =>
        call == at && number == batch ? Task.FromException(new IOException("the bucket is away")) : Task.CompletedTask;
}
