using RemoteStore.Api.Http;
using RemoteStore.Api.Rules;

namespace RemoteStore.Api.Endpoints.Rules;

/// <summary><c>/api/v1/rules</c>: groups and rules with their state, all or those that filters leave, in pages.</summary>
internal sealed class RulesEndpoint(IRuleDirectory directory) : IApiEndpoint
{
    public string Name => "rules";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        var filter = new RuleFilter(request);
        var page = new GroupPage(request);
        string? next = null;
        response.Json.WriteStartObject();
        response.Json.WriteStartArray("groups"u8);
        foreach (ListedGroup group in directory.Groups(request.Tenant))
        {
            if (!page.Reaches(group) || !filter.Takes(group))
            {
                continue;
            }

            ListedRule[] rules = [.. group.Rules.Where(filter.Takes)];
            if (rules.Length == 0)
            {
                continue;
            }

            if (!page.TryTake())
            {
                next = GroupPage.TokenOf(group);
                break;
            }

            RuleJson.Write(response.Json, group, rules, filter.ExcludesAlerts);
            await response.SendIfLargeAsync(cancellationToken);
        }

        page.ThrowIfNotReached();
        response.Json.WriteEndArray();
        if (next is not null)
        {
            response.Json.WriteString("groupNextToken"u8, next);
        }

        response.Json.WriteEndObject();
    }
}
