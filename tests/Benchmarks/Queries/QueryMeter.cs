using System.Diagnostics;

namespace RemoteStore.Benchmarks.Queries;

/// <summary>Measures queries at a target, one after another.</summary>
internal static class QueryMeter
{
    private const double WarmupSeconds = 1.5; // in process: the compiler's tiers settle here

    /// <summary>Evaluates a query until the figures mean something.</summary>
    /// <param name="target">Who answers.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="endSeconds">Last evaluation, seconds since the Unix epoch.</param>
    /// <param name="batches">Series of evaluations that the median is taken of.</param>
    public static async ValueTask<QueryFigure> MeasureAsync(IQueryTarget target, BenchmarkQuery query, long endSeconds, int batches)
    {
        QueryAnswer answer = await target.RunAsync(query, endSeconds).ConfigureAwait(false);
        long began = Stopwatch.GetTimestamp();
        double cpuBefore = target.CpuSeconds();
        int warm = 0;
        do
        {
            _ = await target.RunAsync(query, endSeconds).ConfigureAwait(false);
            warm++;
        }
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < WarmupSeconds);

        double each = Math.Max(1e-6, (target.CpuSeconds() - cpuBefore) / warm);
        int repetitions = (int)Math.Clamp(Math.Ceiling(target.LeastCpuSeconds / each), 1, 2000);
        double[] cpu = new double[batches];
        double[] wall = new double[batches];
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (int batch = 0; batch < batches; batch++)
        {
            long start = Stopwatch.GetTimestamp();
            double cpuStart = target.CpuSeconds();
            for (int i = 0; i < repetitions; i++)
            {
                answer = await target.RunAsync(query, endSeconds).ConfigureAwait(false);
            }

            cpu[batch] = (target.CpuSeconds() - cpuStart) * 1000 / repetitions;
            wall[batch] = Stopwatch.GetElapsedTime(start).TotalMilliseconds / repetitions;
        }

        allocated = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / ((long)batches * repetitions);
        Array.Sort(cpu);
        Array.Sort(wall);
        return new QueryFigure(
            query.Name,
            cpu[batches / 2],
            wall[batches / 2],
            batches * repetitions,
            answer.Series,
            answer.Points,
            answer.PeakBytes,
            target is EngineTarget ? allocated : 0);
    }
}
