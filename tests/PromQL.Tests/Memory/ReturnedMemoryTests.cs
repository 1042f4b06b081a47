using CsCheck;
using RemoteStore.Model;
using RemoteStore.PromQL.Tests.Support;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Memory;

/// <summary>However a query ends, everything that it held is given back: columns to the pools, charges to its account, queriers to the store.</summary>
public sealed class ReturnedMemoryTests
{
    private const int Series = 60;
    private const long Start = 3_600_000;

    private static readonly Gen<(string Query, bool IsInstant, bool Delayed)> s_queries =
        Gen.Select(Gen.Int[0, SampleQueries.All.Length - 1].Select(static i => SampleQueries.All[i]), Gen.Bool, Gen.Bool);

    [Fact]
    public void Query_ThatAnswers_GivesEverythingBack()
    {
        foreach (string query in SampleQueries.All)
        {
            foreach (bool delayed in (bool[])[true, false])
            {
                foreach (bool isInstant in (bool[])[true, false])
                {
                    Outcome outcome = Run(query, isInstant, new EngineOptions { DelayedNameRemoval = delayed });
                    outcome.Leaks.ShouldBe("", query);
                    (outcome.Failure is null or { Kind: QueryErrorKind.BadQuery } || query[0] == '-').ShouldBeTrue($"{query}: {outcome.Failure?.Message}");
                }
            }
        }
    }

    [Fact]
    public void Query_OverItsMemoryLimit_GivesEverythingBack() =>
        Gen.Select(s_queries, Gen.Double[0, 1]).Sample((query, share) =>
        {
            var options = new EngineOptions { DelayedNameRemoval = query.Delayed };
            long peak = Run(query.Query, query.IsInstant, options).PeakBytes;
            Outcome outcome = Run(query.Query, query.IsInstant, options with { MaxMemoryBytes = (long)(peak * share) });
            (outcome.Failure is null or { Kind: QueryErrorKind.Limit or QueryErrorKind.BadQuery } || query.Query[0] == '-').ShouldBeTrue(outcome.Failure?.ToString());
            outcome.Leaks.ShouldBe("", $"{query} at {share} of {peak} bytes");
        }, iter: 600);

    [Fact]
    public void Query_OverItsOtherLimits_GivesEverythingBack() =>
        Gen.Select(s_queries, Gen.Int[0, 2000], Gen.Int[0, 2 * Series]).Sample((query, samples, series) =>
        {
            var options = new EngineOptions { DelayedNameRemoval = query.Delayed, MaxSamples = samples, MaxSeries = series, MaxLabelBytes = 70 };
            Run(query.Query, query.IsInstant, options).Leaks.ShouldBe("", $"{query} with {samples} samples and {series} series");
        }, iter: 300);

    [Fact]
    public void Query_WhoseStorageFails_GivesEverythingBack() =>
        Gen.Select(s_queries, Gen.Int[0, 30]).Sample((query, at) =>
        {
            Outcome outcome = Run(query.Query, query.IsInstant, new EngineOptions { DelayedNameRemoval = query.Delayed }, (access, _) =>
            {
                if (access == at)
                {
                    throw new IOException("the disk is gone");
                }
            });
            outcome.Leaks.ShouldBe("", $"{query} failing at access {at}");
        }, iter: 400);

    [Fact]
    public void Query_ThatIsCancelled_GivesEverythingBack() =>
        Gen.Select(s_queries, Gen.Int[0, 30]).Sample((query, at) =>
        {
            Outcome outcome = Run(query.Query, query.IsInstant, new EngineOptions { DelayedNameRemoval = query.Delayed }, (access, source) =>
            {
                if (access == at)
                {
                    source.Cancel();
                }
            });
            (outcome.Failure is null or { Kind: QueryErrorKind.Canceled or QueryErrorKind.BadQuery } || query.Query[0] == '-').ShouldBeTrue(outcome.Failure?.ToString());
            outcome.Leaks.ShouldBe("", $"{query} cancelled at access {at}");
        }, iter: 400);

    private static Outcome Run(string query, bool isInstant, EngineOptions options, Action<int, CancellationTokenSource>? onAccess = null)
    {
        var engine = new QueryEngine(options, TimeProvider.System);
        using var source = new CancellationTokenSource();
        var store = new GeneratedStore(Series, 60_000) { Histograms = 4, SeriesPerBatch = 16 };
        store.OnAccess = access => onAccess?.Invoke(access, source);
        QueryRequest request = isInstant ? QueryRequest.Instant(query, Start) : new QueryRequest(query, Start, Start + 600_000, 60_000);
        QueryException? failure = null;
        long peak = 0;
        try
        {
            // The store answers at once, so that the task is complete.
            peak = engine.QueryAsync(TenantId.Anonymous, store, request, source.Token).AsTask().GetAwaiter().GetResult().Statistics.PeakMemoryBytes;
        }
        catch (QueryException e)
        {
            failure = e;
        }
        catch (IOException)
        {
            // opening the querier failed: that is the store's own error
        }

        string leaks = (engine.Pools.Outstanding == 0 ? "" : $"{engine.Pools.Outstanding} columns, ")
            + (engine.UnreturnedBytes == 0 ? "" : $"{engine.UnreturnedBytes} bytes, ") + (store.Open == 0 ? "" : $"{store.Open} queriers");
        return new Outcome(leaks, failure, peak);
    }

    private sealed record Outcome(string Leaks, QueryException? Failure, long PeakBytes);
}
