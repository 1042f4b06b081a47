using System.Diagnostics;
using System.Globalization;

namespace RemoteStore.Benchmarks.Dashboards;

/// <summary>A browser with a dashboard: panels are asked for in order, six at a time.</summary>
internal sealed class DashboardClient : IDisposable
{
    private const int Connections = 6;

    private readonly HttpClient _http;
    private readonly DashboardOptions _options;
    private readonly string[] _queries;

    public DashboardClient(DashboardOptions options, int number)
    {
        _options = options;
        _queries = Panels.Of(number);
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections, UseProxy = false }) { BaseAddress = options.Url };
        string tenant = options.Tenants[number % options.Tenants.Length];
        if (tenant.Length > 0)
        {
            _http.DefaultRequestHeaders.Add("X-Scope-OrgID", tenant);
        }

        _http.DefaultRequestHeaders.Add("X-Dashboard-UID", "load-" + number.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Loads all panels.</summary>
    /// <param name="endMs">End of the range, milliseconds since the Unix epoch.</param>
    /// <param name="panels">Times of panels are added here, by their number.</param>
    /// <returns>Time until the last panel was there, and the number of answers that were no success.</returns>
    public async Task<(TimeSpan Elapsed, int Errors)> LoadAsync(long endMs, List<(int Panel, TimeSpan Elapsed)> panels)
    {
        long began = Stopwatch.GetTimestamp();
        int next = -1;
        int errors = 0;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < _queries.Length; i = Interlocked.Increment(ref next))
            {
                long panelBegan = Stopwatch.GetTimestamp();
                bool ok = await AskAsync(_queries[i], endMs);
                TimeSpan elapsed = Stopwatch.GetElapsedTime(panelBegan);
                lock (panels)
                {
                    panels.Add((i, elapsed));
                }

                Interlocked.Add(ref errors, ok ? 0 : 1);
            }
        }));
        return (Stopwatch.GetElapsedTime(began), errors);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<bool> AskAsync(string query, long endMs)
    {
        string Seconds(long ms) => (ms / 1000.0).ToString("0.###", CultureInfo.InvariantCulture);
        string url = $"api/v1/query_range?query={Uri.EscapeDataString(query)}&start={Seconds(endMs - (_options.RangeSeconds * 1000))}&end={Seconds(endMs)}&step={_options.StepSeconds}";
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(url);
            byte[] body = await response.Content.ReadAsByteArrayAsync();
            bool ok = response.IsSuccessStatusCode && body.AsSpan().IndexOf("\"values\""u8) >= 0;
            if (!ok)
            {
                Console.Error.WriteLine($"{(int)response.StatusCode} {query}: {System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 200)))}");
            }

            return ok;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
