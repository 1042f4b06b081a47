using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Snappier;

namespace RemoteStore.Testing;

/// <summary>
/// A client of the protocols that Prometheus servers speak, with an encoding of its own: tests must not trust the code they test. Works against any
/// server that has them.
/// </summary>
public sealed class StoreClient : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Makes a client of the server at <paramref name="baseAddress"/>.</summary>
    public StoreClient(Uri baseAddress)
    {
        _http = new HttpClient { BaseAddress = baseAddress, Timeout = TimeSpan.FromSeconds(100) };
    }

    /// <summary>The client underneath.</summary>
    public HttpClient Http => _http;

    /// <summary>Sends remote write 1.0.</summary>
    /// <returns>The status and the text of the answer.</returns>
    /// <exception cref="HttpRequestException">There was no whole answer.</exception>
    public async Task<(HttpStatusCode Status, string Text)> WriteAsync(RemoteWriteBody body, CancellationToken cancellationToken, string? tenant = null)
    {
        using var content = new ByteArrayContent(body.Compress());
        content.Headers.ContentEncoding.Add("snappy");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(
            body.Version == 2 ? "application/x-protobuf;proto=io.prometheus.write.v2.Request" : "application/x-protobuf");
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/write") { Content = content };
        request.Headers.Add("X-Prometheus-Remote-Write-Version", body.Version == 2 ? "2.0.0" : "0.1.0");
        AddTenant(request, tenant);
        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Reads raw samples in <c>[startMs, endMs]</c> through remote read; no matcher stands for all series.</summary>
    public async Task<RemoteReadResult> ReadAsync(
        long startMs, long endMs, CancellationToken cancellationToken, string? tenant = null, params (string Name, string Operator, string Value)[] matchers)
    {
        byte[] query = RemoteReadQuery.Encode(startMs, endMs, matchers.Length == 0 ? [("__name__", "=~", ".+")] : matchers);
        using var content = new ByteArrayContent(Snappy.CompressToArray(query));
        content.Headers.ContentEncoding.Add("snappy");
        content.Headers.ContentType = new("application/x-protobuf");
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/read") { Content = content };
        request.Headers.Add("X-Prometheus-Remote-Read-Version", "0.1.0");
        AddTenant(request, tenant);
        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"remote read answered {(int)response.StatusCode}: {System.Text.Encoding.UTF8.GetString(body)}", null, response.StatusCode);
        }

        return RemoteReadResult.Decode(Snappy.DecompressToArray(body));
    }

    /// <summary>Status of a GET, or null when nothing answered.</summary>
    public async Task<HttpStatusCode?> TryGetStatusAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Body of a GET that must answer 2xx.</summary>
    public async Task<string> GetTextAsync(string path, CancellationToken cancellationToken, string? tenant = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        AddTenant(request, tenant);
        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? text
            : throw new HttpRequestException($"GET {path} answered {(int)response.StatusCode}: {text}", null, response.StatusCode);
    }

    /// <summary>JSON body of a GET that must answer 2xx.</summary>
    public async Task<JsonElement> GetJsonAsync(string path, CancellationToken cancellationToken, string? tenant = null)
    {
        using var document = JsonDocument.Parse(await GetTextAsync(path, cancellationToken, tenant));
        return document.RootElement.Clone();
    }

    /// <summary>Body of a POST without content that must answer 2xx.</summary>
    public async Task<string> PostAsync(string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _http.PostAsync(new Uri(path, UriKind.Relative), null, cancellationToken);
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? text
            : throw new HttpRequestException($"POST {path} answered {(int)response.StatusCode}: {text}", null, response.StatusCode);
    }

    /// <summary>
    /// Values of a metric in <c>/metrics</c>, by their label text (<c>{a="b"}</c>, or empty).
    /// </summary>
    public async Task<Dictionary<string, double>> GetMetricAsync(string name, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string line in (await GetTextAsync("metrics", cancellationToken)).Split('\n'))
        {
            int end = line.IndexOfAny(['{', ' ']);
            if (end == name.Length && line.StartsWith(name, StringComparison.Ordinal))
            {
                int space = line.LastIndexOf(' ');
                values[line[end..space]] = double.Parse(line.AsSpan(space + 1), System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        return values;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static void AddTenant(HttpRequestMessage request, string? tenant)
    {
        if (tenant is not null)
        {
            request.Headers.Add("X-Scope-OrgID", tenant);
        }
    }
}
