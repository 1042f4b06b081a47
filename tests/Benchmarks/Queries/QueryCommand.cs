using System.Globalization;
using System.Text.Json;

namespace RemoteStore.Benchmarks.Queries;

/// <summary>Processor time, time and memory of the queries that dashboards and alert rules ask, here and at the rivals.</summary>
internal static class QueryCommand
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>Runs <c>queries …</c>.</summary>
    /// <returns>0, or 1 when the options are wrong or a query fails.</returns>
    public static int Run(ReadOnlySpan<string> args)
    {
        try
        {
            switch (args)
            {
                case [] or ["--help" or "-h", ..]:
                    Console.WriteLine(QueryOptions.Help);
                    return 0;
                case ["list"]:
                    foreach (BenchmarkQuery query in QueryCatalog.All)
                    {
                        Console.WriteLine($"{query.Name,-24}{query.Text}");
                    }

                    return 0;
                case ["table", _, ..]:
                    Console.Write(QueryTable.Render([.. args[1..].ToArray().Select(Read)]));
                    return 0;
                default:
                    MeasureAsync(QueryOptions.Parse(args)).GetAwaiter().GetResult();
                    return 0;
            }
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine("queries: " + e.Message);
            return 1;
        }
    }

    private static QueryFigures Read(string file) =>
        JsonSerializer.Deserialize<QueryFigures>(File.ReadAllText(file)) ?? throw new FormatException($"{file} holds no figures");

    private static async Task MeasureAsync(QueryOptions options)
    {
        var figures = new List<QueryFigure>();
        IQueryTarget target = options.Url is { } url
            ? new HttpTarget(url, options.ProcessId)
            : await EngineTarget.OpenAsync(options.DataDirectory!, options.Threads).ConfigureAwait(false);
        await using (target.ConfigureAwait(false))
        {
            foreach (BenchmarkQuery query in QueryCatalog.All)
            {
                if (options.Only.Count > 0 && !options.Only.Any(part => query.Name.Contains(part, StringComparison.Ordinal)))
                {
                    continue;
                }

                QueryFigure figure = await QueryMeter.MeasureAsync(target, query, options.EndSeconds, options.Runs).ConfigureAwait(false);
                figures.Add(figure);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{figure.Name,-22} CPU {figure.CpuMs,9:0.00} ms  wall {figure.WallMs,9:0.00} ms  {figure.Series,6} series {figure.Points,8} points  peak {figure.PeakBytes / 1048576.0,6:0.0} MiB  allocates {figure.AllocatedBytes / 1048576.0,7:0.00} MiB"));
            }
        }

        if (options.JsonFile is not null)
        {
            await File.WriteAllTextAsync(options.JsonFile, JsonSerializer.Serialize(new QueryFigures(options.Label, figures), s_json)).ConfigureAwait(false);
        }
    }
}
