using System.Globalization;

namespace RemoteStore.Benchmarks.Queries;

/// <summary>Options of <c>queries</c>.</summary>
internal sealed record QueryOptions
{
    public const string Help = """
        queries --data-dir DIR [options]       measures the engine in this process over a data directory that no server uses
        queries --url URL --pid N [options]    measures a server with the HTTP API of Prometheus (VictoriaMetrics without its cache)
          --end SECONDS      last evaluation, Unix time                   (now)
          --only NAME        queries whose name contains it; several by commas
          --threads N        tasks that compute a query in this process  (1)
          --runs N           series of evaluations, the median counts     (3)
          --label TEXT       names this target in tables
          --json FILE        also writes the figures there
        queries table FILE...                  compares figures written with --json: the first against the others
        queries list                           names and texts
        """;

    public string? DataDirectory { get; init; }

    public Uri? Url { get; init; }

    public int ProcessId { get; init; }

    public long EndSeconds { get; init; } = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public IReadOnlyList<string> Only { get; init; } = [];

    public int Threads { get; init; } = 1;

    public int Runs { get; init; } = 3;

    public string Label { get; init; } = "engine";

    public string? JsonFile { get; init; }

    /// <summary>Reads <c>--name value</c> pairs.</summary>
    /// <exception cref="FormatException">An option is unknown, lacks its value, or contradicts another.</exception>
    public static QueryOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new QueryOptions();
        for (int i = 0; i < args.Length; i += 2)
        {
            options = i + 1 < args.Length ? options.With(args[i], args[i + 1]) : throw new FormatException($"{args[i]} needs a value");
        }

        if (options.DataDirectory is null == options.Url is null)
        {
            throw new FormatException("either --data-dir or --url is needed");
        }

        return options.Url is null || options.ProcessId > 0 ? options : throw new FormatException("--url needs --pid");
    }

    private QueryOptions With(string name, string value) => name switch
    {
        "--data-dir" => this with { DataDirectory = value },
        "--url" => this with { Url = new Uri(value) },
        "--pid" => this with { ProcessId = int.Parse(value, CultureInfo.InvariantCulture) },
        "--end" => this with { EndSeconds = long.Parse(value, CultureInfo.InvariantCulture) },
        "--only" => this with { Only = value.Split(',') },
        "--runs" => this with { Runs = Math.Max(1, int.Parse(value, CultureInfo.InvariantCulture)) },
        "--threads" => this with { Threads = int.Parse(value, CultureInfo.InvariantCulture) },
        "--label" => this with { Label = value },
        "--json" => this with { JsonFile = value },
        _ => throw new FormatException($"unknown option {name}"),
    };
}
