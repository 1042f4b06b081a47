using System.Globalization;
using System.Text;
using RemoteStore.Telemetry;

namespace RemoteStore.Ruler.Tests;

/// <summary>Reads what <c>/metrics</c> would show.</summary>
internal static class MetricText
{
    /// <summary>The value of a series, named as its line begins.</summary>
    public static async Task<double> ReadAsync(MetricsRegistry registry, string series)
    {
        string line = (await LinesAsync(registry)).Single(line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(series.Length + 1), CultureInfo.InvariantCulture);
    }

    /// <summary>Names of all metrics, sorted.</summary>
    public static async Task<string[]> NamesAsync(MetricsRegistry registry) =>
        [.. (await LinesAsync(registry)).Where(static line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(static line => line.Split(' ')[2]).Order(StringComparer.Ordinal)];

    private static async Task<string[]> LinesAsync(MetricsRegistry registry)
    {
        using var text = new MemoryStream();
        await registry.WriteTextAsync(text, CancellationToken.None);
        return Encoding.UTF8.GetString(text.ToArray()).Split('\n');
    }
}
