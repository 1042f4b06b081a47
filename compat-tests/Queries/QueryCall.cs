using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace RemoteStore.CompatTests.Queries;

/// <summary>A query at one time or over a range.</summary>
/// <param name="Text">The query.</param>
/// <param name="Start">First evaluation, seconds since the Unix epoch.</param>
/// <param name="End">Last evaluation; that of an instant query is <paramref name="Start"/>.</param>
/// <param name="Step">Distance of evaluations in seconds; 0 for an instant query.</param>
internal sealed record QueryCall(string Text, long Start, long End, long Step)
{
    /// <summary>Asks a server.</summary>
    public async Task<QueryAnswer> AskAsync(HttpClient server, string text, CancellationToken cancellationToken)
    {
        Dictionary<string, string> form = new() { ["query"] = text };
        if (Step == 0)
        {
            form["time"] = Start.ToString(CultureInfo.InvariantCulture);
        }
        else
        {
            form["start"] = Start.ToString(CultureInfo.InvariantCulture);
            form["end"] = End.ToString(CultureInfo.InvariantCulture);
            form["step"] = Step.ToString(CultureInfo.InvariantCulture);
        }

        using var content = new FormUrlEncodedContent(form);
        using HttpResponseMessage response = await server.PostAsync(new Uri(Step == 0 ? "api/v1/query" : "api/v1/query_range", UriKind.Relative), content, cancellationToken);
        JsonElement body = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return QueryAnswer.Read(body);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Text}\n    {(Step == 0 ? $"at {Start}" : $"from {Start} to {End} every {Step} s")}");
}
