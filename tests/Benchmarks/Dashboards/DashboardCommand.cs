using System.Diagnostics;
using System.Globalization;

namespace RemoteStore.Benchmarks.Dashboards;

/// <summary>Measures dashboards over HTTP: one, cold and refreshed; or many at once.</summary>
internal static class DashboardCommand
{
    /// <summary>Runs <c>dashboards …</c>.</summary>
    /// <returns>0; 1 when options are wrong or an answer was no success.</returns>
    public static int Run(ReadOnlySpan<string> args)
    {
        try
        {
            DashboardOptions options = DashboardOptions.Parse(args);
            return (options.Clients == 1 ? OneAsync(options) : ManyAsync(options)).GetAwaiter().GetResult() == 0 ? 0 : 1;
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine("dashboards: " + e.Message);
            Console.Error.WriteLine(DashboardOptions.Help);
            return 1;
        }
    }

    private static long FirstEndMs(DashboardOptions options)
    {
        long stepMs = options.StepSeconds * 1000;
        long end = options.EndSeconds > 0 ? options.EndSeconds * 1000 : TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - (options.Refreshes * stepMs);
        return end / stepMs * stepMs;
    }

    private static async Task<int> OneAsync(DashboardOptions options)
    {
        using var client = new DashboardClient(options, 0);
        long endMs = FirstEndMs(options);
        var panels = new List<(int Panel, TimeSpan Elapsed)>();
        (TimeSpan first, int errors) = await client.LoadAsync(endMs, panels);
        Print("first load", [first]);

        var cold = new List<TimeSpan>();
        panels.Clear();
        for (int i = 1; i <= options.Cold; i++)
        {
            // A grid of steps that nobody has asked for: nothing of it is kept.
            (TimeSpan elapsed, int failed) = await client.LoadAsync(endMs - i, panels);
            cold.Add(elapsed);
            errors += failed;
        }

        Print("cold load", cold);
        if (options.PrintsPanels)
        {
            foreach (IGrouping<int, (int Panel, TimeSpan Elapsed)> panel in panels.GroupBy(static panel => panel.Panel).OrderBy(static group => group.Key))
            {
                Print($"  {Panels.Of(0)[panel.Key]}", [.. panel.Select(static one => one.Elapsed)]);
            }
        }

        panels.Clear();
        var refreshes = new List<TimeSpan>();
        for (int i = 1; i <= options.Refreshes; i++)
        {
            (TimeSpan elapsed, int failed) = await client.LoadAsync(endMs + (i * options.StepSeconds * 1000), panels);
            refreshes.Add(elapsed);
            errors += failed;
        }

        Print("refresh, one step later", refreshes);
        Print("a panel of a refresh", [.. panels.Select(static panel => panel.Elapsed)]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"errors: {errors}"));
        return errors;
    }

    private static async Task<int> ManyAsync(DashboardOptions options)
    {
        var loads = new List<TimeSpan>();
        var refreshes = new List<TimeSpan>();
        var panels = new List<(int Panel, TimeSpan Elapsed)>();
        int errors = 0;
        long began = Stopwatch.GetTimestamp();
        long endMs = FirstEndMs(options);
        await Task.WhenAll(Enumerable.Range(0, options.Clients).Select(async number =>
        {
            using var client = new DashboardClient(options, number);
            var own = new List<(int Panel, TimeSpan Elapsed)>();

            // Dashboards were not all opened in one moment.
            await Task.Delay(TimeSpan.FromSeconds(options.EverySeconds * number / options.Clients), TimeProvider.System);
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Math.Max(0.001, options.EverySeconds)));
            for (int i = 0; i <= options.Refreshes; i++)
            {
                (TimeSpan elapsed, int failed) = await client.LoadAsync(endMs + (i * options.StepSeconds * 1000), own);
                lock (panels)
                {
                    (i == 0 ? loads : refreshes).Add(elapsed);
                    errors += failed;
                }

                if (i < options.Refreshes)
                {
                    await timer.WaitForNextTickAsync();
                }
            }

            lock (panels)
            {
                panels.AddRange(own);
            }
        }));
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Print("first load", loads);
        Print("refresh, one step later", refreshes);
        Print("a panel", [.. panels.Select(static panel => panel.Elapsed)]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{panels.Count} queries in {seconds:0.0} s: {panels.Count / seconds:0} a second; errors: {errors}"));
        return errors;
    }

    private static void Print(string what, List<TimeSpan> times)
    {
        if (times.Count == 0)
        {
            return;
        }

        times.Sort();
        string At(double quantile) => times[(int)Math.Ceiling(quantile * times.Count) - 1].TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        Console.WriteLine(times.Count == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{what}: {At(1)} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{what}: median {At(0.5)} ms, p99 {At(0.99)} ms, {At(0.01)} to {At(1)} ms ({times.Count})"));
    }
}
