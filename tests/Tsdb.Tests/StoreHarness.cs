using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Appending;
using RemoteStore.Storage.Querying;
using RemoteStore.Telemetry;
using RemoteStore.Testing;
using Shouldly;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Tsdb.Tests;

/// <summary>A store over a folder of its own, that can be crashed: a crash leaves the folder as the process would, and opens a copy.</summary>
internal sealed class StoreHarness : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly Func<TsdbOptions, TsdbOptions> _configure;
    private readonly IFileSystem _files;
    private int _generation;

    private StoreHarness(Func<TsdbOptions, TsdbOptions>? configure, IFileSystem? files, Failpoints? failpoints, string? root)
    {
        _configure = configure ?? (static o => o);
        _files = files ?? LocalFileSystem.Instance;
        Failpoints = failpoints ?? Failpoints.None;
        Root = root ?? Path.Combine(Path.GetTempPath(), "remotestore-test-" + Guid.NewGuid().ToString("N"));
        Directory = Path.Combine(Root, "0");
        Store = null!;
    }

    public string Root { get; }

    public string Directory { get; private set; }

    public Failpoints Failpoints { get; }

    public FakeTimeProvider Time { get; } = new(Start);

    public TimeSeriesDatabase Store { get; private set; }

    public MetricsRegistry Metrics { get; private set; } = new();

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public static async Task<StoreHarness> StartAsync(
        Func<TsdbOptions, TsdbOptions>? configure = null, IFileSystem? files = null, Failpoints? failpoints = null, string? root = null)
    {
        var harness = new StoreHarness(configure, files, failpoints, root);
        await harness.OpenAsync();
        return harness;
    }

    public async Task OpenAsync()
    {
        Metrics = new MetricsRegistry();
        TsdbOptions options = _configure(new TsdbOptions { DataDirectory = Directory, BackgroundMerges = false, FlushInterval = TimeSpan.FromHours(1) });
        Store = new TimeSeriesDatabase(options, _files, Failpoints, new TsdbMetrics(Metrics), NullLogger<TimeSeriesDatabase>.Instance, Time);
        await Store.StartAsync(CancellationToken.None);
    }

    /// <summary>What answers about a range of the anonymous tenant lack.</summary>
    public async Task<IReadOnlyList<MissingData>> MissingAsync(QueryRange range)
    {
        await using IQuerier querier = await Store.OpenQuerierAsync(TenantId.Anonymous, range, CancellationToken.None);
        return querier.Missing;
    }

    /// <summary>Stops cleanly and starts again.</summary>
    public async Task RestartAsync()
    {
        await Store.DisposeAsync();
        await OpenAsync();
    }

    /// <summary>Starts on a copy of the folder as it is now; the first store is closed afterwards, on its own folder.</summary>
    public async Task CrashAsync(Action<string>? damage = null)
    {
        TimeSeriesDatabase old = Store;
        string from = Directory;
        Directory = Path.Combine(Root, (++_generation).ToString(System.Globalization.CultureInfo.InvariantCulture));
        DirectoryCopy.Copy(from, Directory);
        await old.DisposeAsync();
        damage?.Invoke(Directory);
        await OpenAsync();
    }

    /// <summary>Closes the store and goes on with the one in another folder.</summary>
    public async Task OpenImageAsync(string directory)
    {
        await Store.DisposeAsync();
        Directory = directory;
        await OpenAsync();
    }

    public ValueTask<AppendResult> AppendAsync(BatchBuilder batch, TenantId? tenant = null) =>
        Store.AppendAsync(tenant ?? TenantId.Anonymous, batch.Build(), CancellationToken.None);

    /// <summary>All samples of the series that match, by label text, as (t, bits) and histogram payloads as (t, hex).</summary>
    public async Task<SortedDictionary<string, List<(long T, string Value)>>> ReadAsync(
        TenantId? tenant = null, QueryRange? range = null, params LabelMatcher[] matchers)
    {
        QueryRange window = range ?? QueryRange.All;
        if (matchers.Length == 0)
        {
            matchers = [new LabelMatcher(MatchType.NotEqual, "__name__", "")];
        }

        var result = new SortedDictionary<string, List<(long, string)>>(StringComparer.Ordinal);
        await using IQuerier querier = await Store.OpenQuerierAsync(tenant ?? TenantId.Anonymous, window, CancellationToken.None);
        await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(window), matchers, CancellationToken.None);
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            SeriesBatch batch = set.Current;
            for (int i = 0; i < batch.Count; i++)
            {
                var samples = new List<(long, string)>();
                for (int s = 0; s < batch.Timestamps(i).Length; s++)
                {
                    samples.Add((batch.Timestamps(i)[s], Bits(batch.ValueBits(i)[s])));
                }

                foreach (HistogramSample histogram in batch.Histograms(i))
                {
                    samples.Add((histogram.TimestampMs, "h:" + Convert.ToHexString(batch.Samples.Payload(histogram))));
                }

                if (samples.Count > 0)
                {
                    samples.Sort();
                    result.Add(batch.Labels(i).ToString(), samples);
                }
            }
        }

        return result;
    }

    /// <summary>Asserts that two reads are the same, series by series.</summary>
    public static void ShouldBeSame(
        SortedDictionary<string, List<(long T, string Value)>> actual, SortedDictionary<string, List<(long T, string Value)>> expected)
    {
        actual.Keys.ShouldBe(expected.Keys);
        foreach ((string series, List<(long T, string Value)> samples) in expected)
        {
            actual[series].ShouldBe(samples, series);
        }
    }

    public static string Bits(long bits) => bits.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    public static string Bits(double value) => Bits(BitConverter.DoubleToInt64Bits(value));

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        if (System.IO.Directory.Exists(Root))
        {
            System.IO.Directory.Delete(Root, recursive: true);
        }
    }
}
