using System.Diagnostics;
using System.Globalization;
using RemoteStore.Api.Json;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Benchmarks.Api;

/// <summary>
/// Measures what a point of an answer costs as JSON: nanoseconds for values of several kinds, beside the platform's own text of the value alone. Run it with
/// <c>json [points]</c>.
/// </summary>
internal static class PointsMeasure
{
    private const int PieceBytes = 32 << 10;

    private static readonly BufferPool s_pool = new(1 << 20);

    /// <summary>Runs all measurements and prints a line for each.</summary>
    public static int Run(ReadOnlySpan<string> args)
    {
        int count = args.IsEmpty ? 60_000 : int.Parse(args[0], CultureInfo.InvariantCulture);
        var random = new Random(1);
        (string Name, Func<double> Next)[] kinds =
        [
            ("whole numbers", () => random.Next(1_000_000)),
            ("two decimals", () => random.Next(1_000_000) / 100.0),
            ("all digits, as rates have", () => random.NextDouble() * 1000),
            ("all digits, below 1e-6", () => random.NextDouble() * 1e-7),
        ];
        long[] times = [.. Enumerable.Range(0, count).Select(static i => 1_700_000_000_000 + (15_000L * (i % 241)))];
        foreach ((string name, Func<double> next) in kinds)
        {
            double[] values = [.. Enumerable.Range(0, count).Select(_ => next())];
            double point = Best(count, () => WritePoints(times, values));
            double text = Best(count, () => WriteText(values));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-28} {point,6:0.0} ns a point, the platform's text of the value {text,6:0.0} ns"));
        }

        return 0;
    }

    private static void WritePoints(long[] times, double[] values)
    {
        using var output = new PooledBufferWriter(s_pool, 2 * PieceBytes);
        for (int next = 0; next < times.Length;)
        {
            output.Clear();
            next += JsonBytes.Points(output, times.AsSpan(next), values.AsSpan(next), PieceBytes);
        }
    }

    private static void WriteText(double[] values)
    {
        Span<byte> text = stackalloc byte[64];
        foreach (double value in values)
        {
            _ = value.TryFormat(text, out _, default, CultureInfo.InvariantCulture);
        }
    }

    private static double Best(int count, Action work)
    {
        double best = double.MaxValue;
        for (int i = 0; i < 100; i++)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / count);
        }

        return best;
    }
}
