using System.Text;
using System.Text.Json;

namespace RemoteStore.CompatTests.Http;

/// <summary>What a server answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">The headers that clients depend on, one line each.</param>
/// <param name="Text">The body.</param>
/// <param name="Json">The body as JSON, or null.</param>
internal sealed record HttpAnswer(int Status, string Headers, string Text, JsonElement? Json)
{
    private static readonly string[] s_headers =
        ["Content-Type", "Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Expose-Headers"];

    /// <summary>Sends a request, as a page of another origin would.</summary>
    public static async Task<HttpAnswer> AskAsync(HttpClient server, HttpCase request, CancellationToken cancellationToken)
    {
        bool form = request.Method == "POST" && request.Parameters.Length > 0;
        string address = form || request.Parameters.Length == 0 ? request.Path : $"{request.Path}?{request.Parameters}";
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(address, UriKind.Relative));
        message.Headers.Add("Origin", "http://dashboard.example");
        if (form)
        {
            message.Content = new StringContent(request.Parameters, Encoding.UTF8, "application/x-www-form-urlencoded");
        }

        using HttpResponseMessage response = await server.SendAsync(message, cancellationToken);
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        IEnumerable<string> headers =
            from name in s_headers
            let values = response.Headers.NonValidated.TryGetValues(name, out var own) ? own.ToString()
                : response.Content.Headers.NonValidated.TryGetValues(name, out var content) ? content.ToString() : ""
            select $"{name}: {values}";

        // Ours allows the header that names a tenant in addition.
        string compared = string.Join('\n', headers).Replace(", X-Scope-OrgID", "", StringComparison.Ordinal);
        return new HttpAnswer((int)response.StatusCode, compared, text, Parse(text));
    }

    private static JsonElement? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
