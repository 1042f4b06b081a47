using Microsoft.AspNetCore.Routing;
using RemoteStore.Api.Http;
using RemoteStore.Api.Parameters;

namespace RemoteStore.Api.Endpoints;

/// <summary><c>/api/v1/label/{name}/values</c>: values of one label, of all series or of those that match any of the selectors.</summary>
internal sealed class LabelValuesEndpoint(IQueryable store) : IApiEndpoint
{
    /// <summary>Route value with the label name.</summary>
    public const string NameParameter = "name";

    public string Name => "label_values";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        // The server leaves an escaped slash in a path as it is.
        string escaped = request.Http.GetRouteValue(NameParameter) as string ?? "";
        string name = LabelNameEscaping.Unescape(escaped.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));
        if (name.Length == 0 || name.Contains('\uFFFD', StringComparison.Ordinal))
        {
            throw new ApiException(ApiErrorType.BadData, $"invalid label name: \"{name}\"");
        }

        int limit = request.GetLimit();
        return LabelTexts.WriteAsync(
            store, request, response, (querier, matchers) => querier.LabelValuesAsync(name, matchers, limit, cancellationToken), limit, cancellationToken);
    }
}
