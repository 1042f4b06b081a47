using System.Globalization;
using RemoteStore.Testing;

namespace RemoteStore.Benchmarks.Rules;

/// <summary>Measures how a server, ours or Prometheus, evaluates 10,000 rules.</summary>
internal static class RulesCommand
{
    private const int MetricsPerRequest = 50;

    /// <summary>Runs one of the steps.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["file", string path]:
                File.WriteAllText(path, RuleLoad.Default.File());
                return 0;
            case ["fill", string url]:
                FillAsync(new Uri(url)).GetAwaiter().GetResult();
                return 0;
            case ["watch", string url, string prefix, string seconds, string process]:
                WatchAsync(new Uri(url), prefix, int.Parse(seconds, CultureInfo.InvariantCulture), int.Parse(process, CultureInfo.InvariantCulture)).GetAwaiter().GetResult();
                return 0;
            default:
                Console.Error.WriteLine("usage: rules file PATH                          writes 10,000 rules in 200 groups");
                Console.Error.WriteLine("       rules fill URL                           writes a sample of each of 100,000 series");
                Console.Error.WriteLine("       rules watch URL PREFIX SECONDS PROCESS   what evaluation costs; PREFIX of metrics is remotestore or prometheus");
                return 1;
        }
    }

    private static async Task FillAsync(Uri url)
    {
        using var client = new StoreClient(url);
        RuleLoad load = RuleLoad.Default;
        for (int first = 0; first < load.Metrics; first += MetricsPerRequest)
        {
            var body = new RemoteWriteBody();
            long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            for (int metric = first; metric < Math.Min(first + MetricsPerRequest, load.Metrics); metric++)
            {
                for (int series = 0; series < load.SeriesPerMetric; series++)
                {
                    body.Add(RuleLoad.Labels(metric, series), (now, BitConverter.DoubleToInt64Bits(metric + (series / 100.0))));
                }
            }

            (System.Net.HttpStatusCode status, string text) = await client.WriteAsync(body, CancellationToken.None);
            if ((int)status >= 300)
            {
                throw new InvalidOperationException($"the write was answered {(int)status}: {text}");
            }
        }
    }

    private static async Task WatchAsync(Uri url, string prefix, int seconds, int process)
    {
        using var client = new StoreClient(url);
        double[] before = await FiguresAsync(client, prefix);
        double cpuBefore = ProcessStats.CpuSeconds(process);
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        double[] after = await FiguresAsync(client, prefix);
        double cpu = ProcessStats.CpuSeconds(process) - cpuBefore;
        double evaluations = after[0] - before[0];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{prefix}: {evaluations} rules in {seconds} s, {after[1] - before[1]} failed, {after[2] - before[2]} group evaluations missed of {after[3] - before[3]}; "
            + $"{cpu / Math.Max(1, evaluations) * 1e6:0} us of processor per rule, {cpu / seconds:0.00} processors, "
            + $"{after[4] - before[4]:0.0} s in groups; {ProcessStats.ResidentBytes(process) >> 20} MiB resident"));
    }

    private static async Task<double[]> FiguresAsync(StoreClient client, string prefix)
    {
        string[] names =
        [
            "rule_evaluations_total", "rule_evaluation_failures_total", "rule_group_iterations_missed_total", "rule_group_iterations_total", "rule_group_duration_seconds_sum",
        ];
        double[] sums = new double[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            sums[i] = (await client.GetMetricAsync($"{prefix}_{names[i]}", CancellationToken.None)).Values.Sum();
        }

        return sums;
    }
}
