using RemoteStore.Api.Http;

namespace RemoteStore.Api.Endpoints;

/// <summary>One endpoint of the API: writes one JSON value as the data of an opened envelope.</summary>
internal interface IApiEndpoint
{
    /// <summary>Name in metrics.</summary>
    string Name { get; }

    /// <summary>True for endpoints that answer before the store is ready.</summary>
    bool AnswersBeforeReady => false;

    /// <summary>Writes the data.</summary>
    /// <exception cref="ApiException">The request ends with this error.</exception>
    ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken);
}
