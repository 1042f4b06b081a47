using System.Globalization;
using System.Text.Json;
using RemoteStore.Testing;

namespace RemoteStore.Benchmarks.Queries;

/// <summary>A server with the HTTP API of Prometheus; its processor time comes from <c>/proc</c>.</summary>
internal sealed class HttpTarget(Uri url, int processId) : IQueryTarget
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(5) };

    /// <inheritdoc/>
    public double LeastCpuSeconds => 0.5; // ticks of 10 ms

    /// <inheritdoc/>
    public async ValueTask<QueryAnswer> RunAsync(BenchmarkQuery query, long endSeconds)
    {
        string text = Uri.EscapeDataString(query.Text);
        FormattableString path = query.Span == QuerySpan.Instant
            ? $"/api/v1/query?query={text}&time={endSeconds}&nocache=1"
            : (FormattableString)$"/api/v1/query_range?query={text}&start={query.StartSeconds(endSeconds)}&end={endSeconds}&step={query.StepSeconds}&nocache=1";
        using HttpResponseMessage answer = await _http.GetAsync(new Uri(url, path.ToString(CultureInfo.InvariantCulture))).ConfigureAwait(false);
        byte[] body = await answer.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
        return answer.IsSuccessStatusCode
            ? Count(body)
            : throw new FormatException($"{query.Name} answers {(int)answer.StatusCode}: {System.Text.Encoding.UTF8.GetString(body)}");
    }

    /// <inheritdoc/>
    public double CpuSeconds() => ProcessStats.CpuSeconds(processId);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static QueryAnswer Count(byte[] body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        int series = 0;
        long points = 0;
        foreach (JsonElement one in document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
        {
            series++;
            points += one.TryGetProperty("values", out JsonElement values) ? values.GetArrayLength() : 1;
        }

        return new QueryAnswer(series, points, 0);
    }
}
