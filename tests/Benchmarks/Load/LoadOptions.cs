using System.Globalization;

namespace RemoteStore.Benchmarks.Load;

/// <summary>Options of the load tool.</summary>
internal sealed record LoadOptions
{
    public const string Help = """
        load --url URL [options]
          --url URL            remote write endpoint
          --pid N              server process: CPU and memory are read from /proc
          --data-dir DIR       the server's data: its size on disk is reported
          --mode MODE          steady | rate | newseries | churn           (steady)
          --series N           active series                              (100000)
          --connections N      concurrent requests                        (4)
          --batch N            samples per request                        (2000)
          --warmup N           rounds before measuring                    (2)
          --duration S         seconds measured                           (30)
          --rounds N           measure this many rounds instead           (0 = by time)
          --rate N             samples per second, mode rate
          --span S             virtual seconds available                  (21600)
          --churn-series N     replaced each time, mode churn             (10000)
          --churn-every S      virtual seconds between replacements       (600)
          --empty-rss BYTES    memory of the idle server                  (read before the first request)
          --flush URL          POSTed before the size on disk is read
          --metrics URL        page whose histogram of GC pauses is reported
          --tenant NAME        sent as X-Scope-OrgID
          --label TEXT         names this run in tables
          --json FILE          also write the result there (- = only that, to stdout)
        """;

    public required Uri Url { get; init; }

    public int ProcessId { get; init; }

    public string? DataDirectory { get; init; }

    public LoadMode Mode { get; init; } = LoadMode.Steady;

    public int Series { get; init; } = 100_000;

    public int Connections { get; init; } = 4;

    public int Batch { get; init; } = 2000;

    public int WarmupRounds { get; init; } = 2;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    public int Rounds { get; init; }

    public int SamplesPerSecond { get; init; }

    public TimeSpan Span { get; init; } = TimeSpan.FromHours(6);

    public int ChurnSeries { get; init; } = 10_000;

    public TimeSpan ChurnEvery { get; init; } = TimeSpan.FromMinutes(10);

    public long EmptyRssBytes { get; init; }

    public Uri? Flush { get; init; }

    public Uri? Metrics { get; init; }

    public string? Tenant { get; init; }

    public string Label { get; init; } = "";

    public string? JsonFile { get; init; }

    /// <summary>Reads <c>--name value</c> pairs.</summary>
    /// <exception cref="FormatException">An option is unknown, lacks its value, or contradicts another.</exception>
    public static LoadOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new LoadOptions { Url = new Uri("http://invalid.invalid/") };
        for (int i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length)
            {
                throw new FormatException($"{args[i]} needs a value");
            }

            options = options.With(args[i], args[i + 1]);
        }

        if (options.Url.Host == "invalid.invalid")
        {
            throw new FormatException("--url is missing");
        }

        if ((options.Mode == LoadMode.Rate) != (options.SamplesPerSecond > 0))
        {
            throw new FormatException("--mode rate and --rate go together");
        }

        return options;
    }

    private LoadOptions With(string name, string value)
    {
        return name switch
        {
            "--url" => this with { Url = new Uri(value) },
            "--pid" => this with { ProcessId = Integer(value) },
            "--data-dir" => this with { DataDirectory = value },
            "--mode" => this with { Mode = Enum.TryParse(value, ignoreCase: true, out LoadMode mode) ? mode : throw new FormatException($"unknown mode {value}") },
            "--series" => this with { Series = Integer(value) },
            "--connections" => this with { Connections = Integer(value) },
            "--batch" => this with { Batch = Integer(value) },
            "--warmup" => this with { WarmupRounds = Integer(value) },
            "--duration" => this with { Duration = Seconds(value) },
            "--rounds" => this with { Rounds = Integer(value) },
            "--rate" => this with { SamplesPerSecond = Integer(value) },
            "--span" => this with { Span = Seconds(value) },
            "--churn-series" => this with { ChurnSeries = Integer(value) },
            "--churn-every" => this with { ChurnEvery = Seconds(value) },
            "--empty-rss" => this with { EmptyRssBytes = long.Parse(value, CultureInfo.InvariantCulture) },
            "--flush" => this with { Flush = new Uri(value) },
            "--metrics" => this with { Metrics = new Uri(value) },
            "--tenant" => this with { Tenant = value },
            "--label" => this with { Label = value },
            "--json" => this with { JsonFile = value },
            _ => throw new FormatException($"unknown option {name}"),
        };
    }

    private static int Integer(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
}
