using Microsoft.Extensions.Time.Testing;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.Telemetry;
using Shouldly;
using Xunit;

namespace RemoteStore.QueryFrontend.Tests;

/// <summary>Joining, waiting, cancelling, limits: over a querier that answers on demand.</summary>
public class FrontendQueryServiceTests
{
    private static readonly TenantId s_tenant = TenantId.Parse("a");
    private static readonly QueryCall s_call = new(s_tenant, QueryRequest.Instant("up", 1000));

    private readonly GatedService _querier = new();
    private readonly FakeVersions _versions = new();
    private readonly FakeTimeProvider _time = new();
    private readonly MetricsRegistry _registry = new();

    [Fact]
    public async Task QueryAsync_SameQueryWhileOneRuns_IsOneEvaluation()
    {
        await using FrontendQueryService frontend = Frontend();
        Task<QueryResult> first = Ask(frontend, s_call);
        await _querier.ArrivedAsync();
        Task<QueryResult> second = Ask(frontend, s_call with { Origin = new QueryOrigin("dash", "1", "", "") });

        _querier.Answer();

        (await first).ShouldBeSameAs(await second);
        _querier.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task QueryAsync_OtherOptionsOrTenant_IsAnotherEvaluation()
    {
        await using FrontendQueryService frontend = Frontend();
        QueryCall[] calls =
        [
            s_call, s_call with { Tenant = TenantId.Parse("b") }, s_call with { Timeout = TimeSpan.FromSeconds(9) }, s_call with { UseCache = false },
            s_call with { Request = s_call.Request with { StartMs = 1001 } }, s_call with { Request = s_call.Request with { Trace = true } },
            s_call with { AllowPartial = true }, s_call with { Request = s_call.Request with { LookbackDelta = TimeSpan.FromSeconds(1) } },
        ];
        Task<QueryResult>[] answers = [.. calls.Select(call => Ask(frontend, call))];
        foreach (QueryCall _ in calls)
        {
            await _querier.ArrivedAsync();
        }

        _querier.Answer();
        await Task.WhenAll(answers);

        _querier.Calls.ShouldBe(calls.Length);
    }

    [Fact]
    public async Task QueryAsync_WrittenSinceTheOtherBegan_IsAnotherEvaluation()
    {
        await using FrontendQueryService frontend = Frontend();
        Task<QueryResult> first = Ask(frontend, s_call);
        await _querier.ArrivedAsync();
        _versions.Write();

        Task<QueryResult> second = Ask(frontend, s_call);
        await _querier.ArrivedAsync();
        _querier.Answer();
        await Task.WhenAll(first, second);

        _querier.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task QueryAsync_OtherStillWaits_IsJoinedWhateverIsWritten()
    {
        await using FrontendQueryService frontend = Frontend(new QueryFrontendOptions { MaxConcurrency = 1 });
        Task<QueryResult> blocking = Ask(frontend, new QueryCall(s_tenant, QueryRequest.Instant("down", 1)));
        await _querier.ArrivedAsync();
        Task<QueryResult> first = Ask(frontend, s_call);
        _versions.Write();
        Task<QueryResult> second = Ask(frontend, s_call);

        _querier.Answer();
        await Task.WhenAll(blocking, first, second);

        _querier.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task QueryAsync_OneCallerGivesUp_TheOtherGetsItsAnswer()
    {
        await using FrontendQueryService frontend = Frontend();
        using var cancellation = new CancellationTokenSource();
        Task<QueryResult> first = frontend.QueryAsync(s_call, cancellation.Token).AsTask();
        await _querier.ArrivedAsync();
        Task<QueryResult> second = Ask(frontend, s_call);

        await cancellation.CancelAsync();

        (await Should.ThrowAsync<QueryException>(first)).Kind.ShouldBe(QueryErrorKind.Canceled);
        _querier.Canceled.IsCompleted.ShouldBeFalse();
        _querier.Answer();
        (await second).Type.ShouldBe(GatedService.Result.Type);
    }

    [Fact]
    public async Task QueryAsync_AllCallersGiveUp_EvaluationIsCancelledAndNotJoined()
    {
        await using FrontendQueryService frontend = Frontend();
        using var cancellation = new CancellationTokenSource();
        Task<QueryResult> first = frontend.QueryAsync(s_call, cancellation.Token).AsTask();
        await _querier.ArrivedAsync();
        Task<QueryResult> second = frontend.QueryAsync(s_call, cancellation.Token).AsTask();

        await cancellation.CancelAsync();
        await Should.ThrowAsync<QueryException>(first);
        await Should.ThrowAsync<QueryException>(second);

        await _querier.Canceled.WaitAsync(TimeSpan.FromSeconds(30));
        Task<QueryResult> third = Ask(frontend, s_call);
        await _querier.ArrivedAsync();
        _querier.Answer();
        (await third).Type.ShouldBe(GatedService.Result.Type);
    }

    [Fact]
    public async Task QueryAsync_Fails_AllCallersGetTheError()
    {
        await using FrontendQueryService frontend = Frontend();
        Task<QueryResult> first = Ask(frontend, s_call);
        await _querier.ArrivedAsync();
        Task<QueryResult> second = Ask(frontend, s_call);
        var failure = new QueryException(QueryErrorKind.Execution, "no");

        _querier.Fail(failure);

        (await Should.ThrowAsync<QueryException>(first)).ShouldBeSameAs(failure);
        (await Should.ThrowAsync<QueryException>(second)).ShouldBeSameAs(failure);
    }

    [Fact]
    public async Task QueryAsync_TimeIsUpWhileEvaluating_TimesOut()
    {
        await using FrontendQueryService frontend = Frontend();
        Task<QueryResult> answer = Ask(frontend, s_call with { Timeout = TimeSpan.FromSeconds(5) });
        await _querier.ArrivedAsync();

        _time.Advance(TimeSpan.FromSeconds(6));

        QueryException failure = await Should.ThrowAsync<QueryException>(answer);
        (failure.Kind, failure.Message).ShouldBe((QueryErrorKind.Timeout, "query timed out in expression evaluation"));
    }

    [Fact]
    public async Task QueryAsync_TimeIsUpWhileWaiting_TimesOutByTheTenantsLimit()
    {
        await using FrontendQueryService frontend = Frontend(
            new QueryFrontendOptions { MaxConcurrency = 1 }, new TenantQueryLimits { Timeout = TimeSpan.FromSeconds(3) });
        Task<QueryResult> blocking = Ask(frontend, new QueryCall(s_tenant, QueryRequest.Instant("down", 1)));
        await _querier.ArrivedAsync();
        Task<QueryResult> answer = Ask(frontend, s_call);
        await WaitForAsync("remotestore_query_frontend_queue_length 1");

        _time.Advance(TimeSpan.FromSeconds(4));

        (await Should.ThrowAsync<QueryException>(blocking)).Kind.ShouldBe(QueryErrorKind.Timeout);
        QueryException failure = await Should.ThrowAsync<QueryException>(answer);
        failure.Kind.ShouldBe(QueryErrorKind.Timeout);
    }

    [Fact]
    public async Task QueryAsync_Waited_StatisticsTellForHowLong()
    {
        await using FrontendQueryService frontend = Frontend(new QueryFrontendOptions { MaxConcurrency = 1 });
        Task<QueryResult> blocking = Ask(frontend, new QueryCall(s_tenant, QueryRequest.Instant("down", 1)));
        await _querier.ArrivedAsync();
        Task<QueryResult> answer = Ask(frontend, s_call);
        await WaitForAsync("remotestore_query_frontend_queue_length 1");
        _time.Advance(TimeSpan.FromSeconds(7));

        _querier.Answer();

        (await blocking).Statistics.QueueTime.ShouldBe(TimeSpan.Zero);
        (await answer).Statistics.QueueTime.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task QueryAsync_Progress_IsToldToEveryCaller()
    {
        await using FrontendQueryService frontend = Frontend(new QueryFrontendOptions { MaxConcurrency = 1 });
        Task<QueryResult> blocking = Ask(frontend, new QueryCall(s_tenant, QueryRequest.Instant("down", 1)));
        await _querier.ArrivedAsync();
        var (first, second) = (new QueryProgress(), new QueryProgress());
        Task<QueryResult>[] answers = [Ask(frontend, s_call with { Progress = first }), Ask(frontend, s_call with { Progress = second })];
        (first.IsEvaluating, second.IsEvaluating).ShouldBe((false, false));

        _querier.Answer();
        await Task.WhenAll([blocking, .. answers]);

        (first.IsEvaluating, second.IsEvaluating).ShouldBe((true, true));
    }

    [Theory]
    [InlineData("up", 7_201_000, 60_000, "the query is over 7201 s, the limit is 7200 s (limits.max-query-length)")]
    [InlineData("rate(up[3h])", 1000, 0, "the query is over 10800 s, the limit is 7200 s (limits.max-query-length)")]
    public async Task QueryAsync_LongerThanTheTenantMayAsk_IsRefused(string query, long endMs, long stepMs, string message)
    {
        await using FrontendQueryService frontend = Frontend(limits: new TenantQueryLimits { MaxLength = TimeSpan.FromHours(2) });
        var request = new QueryRequest(query, stepMs == 0 ? endMs : 0, endMs, stepMs);

        QueryException failure = await Should.ThrowAsync<QueryException>(Ask(frontend, new QueryCall(s_tenant, request)));

        (failure.Kind, failure.Message).ShouldBe((QueryErrorKind.Limit, message));
        _querier.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task DisposeAsync_QueriesRun_CancelsThemAndWaits()
    {
        FrontendQueryService frontend = Frontend();
        Task<QueryResult> answer = Ask(frontend, s_call);
        await _querier.ArrivedAsync();

        await frontend.DisposeAsync();

        _querier.Canceled.IsCompleted.ShouldBeTrue();
        (await Should.ThrowAsync<QueryException>(answer)).Kind.ShouldBe(QueryErrorKind.Canceled);
    }

    private static Task<QueryResult> Ask(FrontendQueryService frontend, QueryCall call) => frontend.QueryAsync(call, CancellationToken.None).AsTask();

    private FrontendQueryService Frontend(QueryFrontendOptions? options = null, TenantQueryLimits? limits = null) => new(
        _querier,
        _versions,
        options ?? new QueryFrontendOptions(),
        new EngineOptions(),
        new UniformTenantLimits(new TenantLimits { Queries = limits ?? new TenantQueryLimits() }),
        _registry,
        _time);

    /// <summary>Evaluations start on threads of their own; a metric tells that one has come as far as the queue.</summary>
    private async Task WaitForAsync(string line)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var text = new MemoryStream();
            await _registry.WriteTextAsync(text, timeout.Token);
            if (System.Text.Encoding.UTF8.GetString(text.ToArray()).Contains(line + "\n", StringComparison.Ordinal))
            {
                return;
            }

            await Task.Yield();
        }
    }
}
