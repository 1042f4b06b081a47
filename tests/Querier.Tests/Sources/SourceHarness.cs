using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.Querier.Sources;
using RemoteStore.Telemetry;
using RemoteStore.Testing;

namespace RemoteStore.Querier.Tests.Sources;

/// <summary>A store of recent data and an unreliable one of blocks behind one view, with an engine on top.</summary>
internal sealed class SourceHarness : IDisposable
{
    /// <summary>Times before are in blocks, this one and later ones in recent data; milliseconds.</summary>
    public const long Boundary = 1_700_000_000_000;

    public const int Step = 15_000;

    public static readonly TenantId A = TenantId.Parse("a");
    public static readonly TenantId B = TenantId.Parse("b");

    public SourceHarness(SourceGuardOptions? guard = null, EngineOptions? engine = null, int seriesPerBatch = 1)
    {
        RecentStore = new InMemoryStore();
        BlockStore = new InMemoryStore { SeriesPerBatch = seriesPerBatch };
        Blocks = new UnreliableSource(BlockStore);
        Merged = new MergedQueryable(
            [
                new QuerySource("recent", RecentStore),
                new QuerySource("blocks", Blocks) { Covers = static _ => new QueryRange(long.MinValue, Boundary - 1), Guard = guard ?? new SourceGuardOptions() },
            ],
            Registry,
            NullLogger<MergedQueryable>.Instance,
            Time);
        Service = new EngineQueryService(new QueryEngine(engine ?? new EngineOptions { Timeout = TimeSpan.FromDays(10) }, Time), Merged);
    }

    public InMemoryStore RecentStore { get; }

    public InMemoryStore BlockStore { get; }

    public UnreliableSource Blocks { get; }

    public MergedQueryable Merged { get; }

    public EngineQueryService Service { get; }

    public FakeTimeProvider Time { get; } = new();

    public MetricsRegistry Registry { get; } = new();

    /// <summary>Gives both tenants series <c>m{i="0"}</c>, … with one sample per step around the boundary; the value is 1 everywhere.</summary>
    public async Task FillAsync(int series = 3, int stepsBefore = 10, int stepsAfter = 10)
    {
        foreach (TenantId tenant in new[] { A, B })
        {
            var old = new BatchBuilder();
            var recent = new BatchBuilder();
            for (int i = 0; i < series; i++)
            {
                LabelSet labels = LabelSet.From("__name__", "m", "i", i.ToString(CultureInfo.InvariantCulture));
                old.Add(labels, [.. Enumerable.Range(1, stepsBefore).Reverse().Select(static k => (Boundary - (k * (long)Step), 1.0))]);
                recent.Add(labels, [.. Enumerable.Range(0, stepsAfter).Select(static k => (Boundary + (k * (long)Step), 1.0))]);
            }

            await BlockStore.AppendAsync(tenant, old.Build(), CancellationToken.None);
            await RecentStore.AppendAsync(tenant, recent.Build(), CancellationToken.None);
        }
    }

    /// <summary>Counts all samples of <c>m</c>, the boundary in their midst.</summary>
    public static QueryCall CountSamples(TenantId tenant, bool partial = false) =>
        new(tenant, QueryRequest.Instant("sum(count_over_time(m[10m]))", Boundary + (9L * Step))) { AllowPartial = partial };

    /// <summary>The one value of an answer.</summary>
    public static double Value(QueryResult result) => result.Series.Single().Values.Span[0];

    /// <summary>Lets time pass until the task ends.</summary>
    public async Task PassUntilAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    public async Task<string> MetricsAsync()
    {
        using var text = new MemoryStream();
        await Registry.WriteTextAsync(text, CancellationToken.None);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    public void Dispose() => Merged.Dispose();
}
