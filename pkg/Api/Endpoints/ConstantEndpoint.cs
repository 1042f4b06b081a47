using RemoteStore.Api.Http;

namespace RemoteStore.Api.Endpoints;

/// <summary>An endpoint whose answer is always the same: lists of what a store has none of, so that clients of a scraping server find what they ask for.</summary>
/// <param name="name">Name in metrics.</param>
/// <param name="json">The data.</param>
/// <param name="answersBeforeReady">True to answer while the store is loading.</param>
internal sealed class ConstantEndpoint(string name, string json, bool answersBeforeReady = false) : IApiEndpoint
{
    public string Name => name;

    public bool AnswersBeforeReady => answersBeforeReady;

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        response.Json.WriteRawValue(json, skipInputValidation: true);
        return ValueTask.CompletedTask;
    }
}
