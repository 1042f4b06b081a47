using RemoteStore.Api.Http;
using RemoteStore.Api.Parameters;

namespace RemoteStore.Api.Endpoints.Discovery;

/// <summary><c>/api/v1/rules</c>: no rules are evaluated here, so the list is empty; parameters are checked as if there were some.</summary>
internal sealed class RulesEndpoint : IApiEndpoint
{
    public string Name => "rules";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        _ = request.GetMatcherSets();
        string type = request.Get("type").ToLowerInvariant();
        if (type is not ("" or "alert" or "record"))
        {
            throw ApiException.BadParameter("type", $"not supported value {GoInteger.Quote(type)}");
        }

        CheckExcludeAlerts(request.Get("exclude_alerts"));
        CheckPage(request.Get("group_limit"), request.Get("group_next_token"));
        response.Json.WriteStartObject();
        response.Json.WriteStartArray("groups"u8);
        response.Json.WriteEndArray();
        response.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }

    private static void CheckExcludeAlerts(string text)
    {
        if (text is not ("" or "1" or "t" or "T" or "true" or "TRUE" or "True" or "0" or "f" or "F" or "false" or "FALSE" or "False"))
        {
            throw ApiException.BadParameter("exclude_alerts", $"error converting exclude_alerts: strconv.ParseBool: parsing {GoInteger.Quote(text)}: invalid syntax");
        }
    }

    private static void CheckPage(string limit, string token)
    {
        if (limit.Length > 0)
        {
            if (!GoInteger.TryParse(limit, out long groups, out string? fault))
            {
                throw ApiException.BadParameter("group_limit", $"group_limit needs to be a valid number: {fault}");
            }

            if (groups <= 0)
            {
                throw ApiException.BadParameter("group_limit", "group_limit needs to be greater than 0");
            }
        }

        if (token.Length > 0)
        {
            throw ApiException.BadParameter(
                "group_next_token",
                limit.Length == 0
                    ? "group_limit needs to be present in order to paginate over the groups"
                    : $"invalid group_next_token '{token}'. were rule groups changed?");
        }
    }
}
