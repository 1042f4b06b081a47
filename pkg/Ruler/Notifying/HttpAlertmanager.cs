using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace RemoteStore.Ruler.Notifying;

/// <summary>An Alertmanager, reached by its API of version 2.</summary>
internal sealed class HttpAlertmanager : IAlertmanager
{
    private const int MaxReasonLength = 512;

    private readonly Uri _endpoint;
    private readonly AlertmanagerOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    public HttpAlertmanager(Uri url, AlertmanagerOptions options, TimeProvider time)
    {
        Address = url.AbsoluteUri;
        _endpoint = new Uri(url.AbsoluteUri.TrimEnd('/') + "/api/v2/alerts");
        _options = options;
        _time = time;
        var handler = new SocketsHttpHandler
        {
            SslOptions = TlsFiles.ClientOptions(options),
            AllowAutoRedirect = false, // credentials and alerts go nowhere else
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // so that exchanged certificates and moved names are noticed
            ConnectTimeout = options.Timeout,
        };
        _client = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("remotestore", typeof(HttpAlertmanager).Assembly.GetName().Version?.ToString(3)));
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public async Task<(SendOutcome Outcome, string? Reason)> SendAsync(
        IReadOnlyList<AlertNotification> notifications, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var content = new ByteArrayContent(AlertJson.Write(notifications));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = content };
            request.Headers.Authorization = await AuthorizationAsync(either.Token).ConfigureAwait(false);
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return (SendOutcome.Delivered, null);
            }

            string reason = $"status {(int)response.StatusCode}: {await BeginOfBodyAsync(response, either.Token).ConfigureAwait(false)}";
            bool mayHelp = (int)response.StatusCode >= 500 || response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout;
            return (mayHelp ? SendOutcome.Failed : SendOutcome.Refused, reason);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (SendOutcome.Failed, FormattableString.Invariant($"no answer within {_options.Timeout.TotalSeconds} s"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            return (SendOutcome.Failed, e.GetBaseException().Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async ValueTask<AuthenticationHeaderValue?> AuthorizationAsync(CancellationToken cancellationToken)
    {
        if (_options.Username.Length > 0)
        {
            string password = await SecretAsync(_options.Password, _options.PasswordFile, cancellationToken).ConfigureAwait(false);
            return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_options.Username}:{password}")));
        }

        string token = await SecretAsync(_options.BearerToken, _options.BearerTokenFile, cancellationToken).ConfigureAwait(false);
        return token.Length > 0 ? new AuthenticationHeaderValue("Bearer", token) : null;
    }

    private static async ValueTask<string> SecretAsync(string value, string file, CancellationToken cancellationToken) =>
        file.Length == 0 ? value : (await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false)).Trim();

    private static async Task<string> BeginOfBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] begin = new byte[MaxReasonLength];
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            int length = await body.ReadAtLeastAsync(begin, begin.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return Encoding.UTF8.GetString(begin, 0, length).Trim();
        }
    }
}
