using System.Globalization;

namespace RemoteStore.Benchmarks.Load;

/// <summary>The histogram of garbage collection pauses on a server's metrics page, as cumulative counts by upper bound in seconds.</summary>
internal sealed class PauseHistogram
{
    private const string Prefix = "remotestore_runtime_gc_pause_seconds_bucket{";

    private readonly SortedDictionary<double, double> _counts = [];

    private PauseHistogram()
    {
    }

    /// <summary>Reads it; empty when <paramref name="page"/> is null or has no such histogram.</summary>
    public static PauseHistogram Read(Uri? page)
    {
        var histogram = new PauseHistogram();
        if (page is null)
        {
            return histogram;
        }

        using var http = new HttpClient();
        using HttpResponseMessage answer = http.Send(new HttpRequestMessage(HttpMethod.Get, page));
        using var reader = new StreamReader(answer.Content.ReadAsStream());
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(Prefix, StringComparison.Ordinal))
            {
                int start = line.IndexOf("le=\"", StringComparison.Ordinal) + 4;
                string bound = line[start..line.IndexOf('"', start)];
                double seconds = bound == "+Inf" ? double.PositiveInfinity : double.Parse(bound, CultureInfo.InvariantCulture);
                histogram._counts[seconds] = double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
            }
        }

        return histogram;
    }

    /// <summary>Pauses since <paramref name="earlier"/>, and the bucket bound in milliseconds below which 99 of 100 of them were.</summary>
    public (long Count, double P99Ms) Since(PauseHistogram earlier)
    {
        double count = _counts.Count == 0 ? 0 : Delta(earlier, double.PositiveInfinity);
        double bound = _counts.Keys.FirstOrDefault(b => Delta(earlier, b) >= 0.99 * count);
        return ((long)count, count == 0 ? 0 : bound * 1000);
    }

    private double Delta(PauseHistogram earlier, double bound) => _counts[bound] - earlier._counts.GetValueOrDefault(bound);
}
