using System.Globalization;
using System.Text;

namespace RemoteStore.Benchmarks.Load;

/// <summary>Results side by side: one column per run.</summary>
internal static class ResultTable
{
    private static readonly (string Name, Func<LoadResult, string> Text)[] s_rows =
    [
        ("mode", r => r.Mode),
        ("series", r => Text(r.Series)),
        ("connections", r => Text(r.Connections)),
        ("measured seconds", r => Text(r.Seconds, "0.0")),
        ("samples accepted", r => Text(r.SamplesAccepted)),
        ("samples/s", r => Text(r.SamplesPerSecond)),
        ("server CPU seconds", r => Text(r.ServerCpuSeconds, "0.00")),
        ("samples per server CPU-second", r => Text(r.SamplesPerServerCpuSecond)),
        ("generator CPU seconds", r => Text(r.GeneratorCpuSeconds, "0.00")),
        ("latency p50 ms", r => Text(r.LatencyP50Ms, "0.00")),
        ("latency p90 ms", r => Text(r.LatencyP90Ms, "0.00")),
        ("latency p99 ms", r => Text(r.LatencyP99Ms, "0.00")),
        ("latency max ms", r => Text(r.LatencyMaxMs, "0.00")),
        ("GC pauses", r => Text(r.GcPauses)),
        ("GC pause p99 ms, at most", r => Text(r.GcPauseP99Ms, "0.0")),
        ("idle RSS MiB", r => Text(r.EmptyRssBytes / 1048576.0, "0.0")),
        ("peak RSS MiB", r => Text(r.PeakRssBytes / 1048576.0, "0.0")),
        ("peak RSS above idle, bytes per series", r => Text(r.PeakRssBytesPerSeries)),
        ("disk MiB", r => Text(r.DiskBytes / 1048576.0, "0.0")),
        ("disk bytes per sample", r => Text(r.DiskBytesPerSample, "0.00")),
        ("wire bytes per sample (raw)", r => $"{Text(r.WireBytesPerSample, "0.0")} ({Text(r.RawBytesPerSample, "0.0")})"),
        ("answers by status", r => string.Join(' ', r.Statuses.Select(s => $"{s.Key}:{s.Value}"))),
    ];

    /// <summary>A Markdown table, followed by the errors there were.</summary>
    public static string Render(IReadOnlyList<LoadResult> results)
    {
        string[][] cells =
        [
            ["", .. results.Select(r => r.Label.Length > 0 ? r.Label : "run")],
            .. s_rows.Select(row => (string[])[row.Name, .. results.Select(row.Text)]),
        ];
        int[] widths = [.. Enumerable.Range(0, results.Count + 1).Select(c => cells.Max(row => row[c].Length))];
        var text = new StringBuilder();
        for (int i = 0; i < cells.Length; i++)
        {
            _ = text.Append("| ").AppendJoin(" | ", cells[i].Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).AppendLine(" |");
            if (i == 0)
            {
                _ = text.Append('|').AppendJoin('|', widths.Select((w, c) => c == 0 ? new string('-', w + 2) : new string('-', w + 1) + ':')).AppendLine("|");
            }
        }

        foreach (LoadResult result in results)
        {
            foreach ((int status, string error) in result.Errors)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"{result.Label} {result.Mode}: {status}: {error.Trim()}").AppendLine();
            }
        }

        return text.ToString();
    }

    private static string Text(double value, string format = "#,0") => value.ToString(format, CultureInfo.InvariantCulture);
}
