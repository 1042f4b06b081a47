using System.Net;
using RemoteStore.Api.Http;
using RemoteStore.Api.Json;
using RemoteStore.Api.Parameters;
using RemoteStore.Model;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;

namespace RemoteStore.Api.Endpoints.Queries;

/// <summary>What instant and range queries share: parameters beside the times, who asks, errors, and the answer.</summary>
internal sealed class QueryRunner(IQueryService service)
{
    private const string DashboardHeader = "X-Dashboard-UID";
    private const string PanelHeader = "X-Panel-Id";

    /// <summary>Asks and writes the answer.</summary>
    public async ValueTask RunAsync(QueryRequest query, int limit, ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        TimeSpan? timeout = request.GetDuration("timeout");
        string statistics = request.Get("stats");
        bool trace = request.GetFlag("trace");
        var call = new QueryCall(request.Tenant, query with
        {
            LookbackDelta = Lookback(request),
            MaxSourceResolution = MaxSourceResolution(request),
            StatisticsPerStep = statistics == "all",
            Trace = trace,
        })
        {
            Origin = Origin(request),
            Timeout = timeout is { } asked ? asked < TimeSpan.Zero ? TimeSpan.Zero : asked : null,
            UseCache = !request.GetFlag("nocache"),
            AllowPartial = request.AllowsPartial,
        };
        QueryResult result;
        try
        {
            result = await service.QueryAsync(call, cancellationToken);
        }
        catch (QueryException exception)
        {
            throw Translate(exception);
        }

        foreach (string warning in result.Warnings)
        {
            response.AddWarning(warning);
        }

        foreach (string info in result.Infos)
        {
            response.AddInfo(info);
        }

        var writer = new QueryResultWriter(response, result) { IsRange = !query.IsInstant };
        await writer.WriteAsync(limit, cancellationToken);
        if (writer.IsTruncated)
        {
            response.AddWarning(Warnings.Truncated);
        }

        if (statistics.Length > 0)
        {
            if (statistics is not ("true" or "all"))
            {
                response.AddWarning(
                    $"value {GoInteger.Quote(statistics)} for parameter \"stats\" is deprecated and will be rejected in the next major release, use \"true\" or \"all\"");
            }

            QueryStatisticsJson.Write(response.BeginBytes(), query, result.Statistics);
        }

        writer.End();
        if (result.Trace is { } tree)
        {
            response.AddMember("trace", json => QueryTraceJson.Write(json, tree));
        }
    }

    /// <summary>What a failed query is to the client.</summary>
    public static ApiException Translate(QueryException exception) => exception.Kind switch
    {
        QueryErrorKind.BadQuery => ApiException.BadParameter("query", exception.Message),
        QueryErrorKind.Timeout => new ApiException(ApiErrorType.Timeout, exception.Message),
        QueryErrorKind.Canceled => new ApiException(ApiErrorType.Canceled, exception.Message),
        QueryErrorKind.TooManyRequests => new ApiException(ApiErrorType.TooManyRequests, exception.Message),
        QueryErrorKind.Storage => new ApiException(ApiErrorType.Internal, exception.Message),
        _ => new ApiException(ApiErrorType.Execution, exception.Message),
    };

    private static TimeSpan? Lookback(ApiRequest request)
    {
        string text = request.Get("lookback_delta");
        if (text.Length == 0)
        {
            return null;
        }

        string? fault = ApiDuration.TryParse(text, out TimeSpan lookback);
        return fault is not null ? throw new ApiException(ApiErrorType.BadData, $"error parsing lookback delta duration: {fault}")
            : lookback > TimeSpan.Zero ? lookback
            : null;
    }

    private static SourceResolution? MaxSourceResolution(ApiRequest request)
    {
        const string Name = "max_source_resolution";
        string text = request.Get(Name);
        return text.Length == 0 ? null
            : SourceResolution.TryParse(text, out SourceResolution resolution, out string? error) ? resolution
            : ApiDuration.TryParse(text, out TimeSpan seconds) is null && seconds >= TimeSpan.Zero ? new SourceResolution((long)seconds.TotalMilliseconds) // as Thanos takes it
            : throw ApiException.BadParameter(Name, error);
    }

    private static QueryOrigin Origin(ApiRequest request)
    {
        var headers = request.Http.Request.Headers;
        IPAddress? address = request.Http.Connection.RemoteIpAddress;
        return new QueryOrigin(headers[DashboardHeader].ToString(), headers[PanelHeader].ToString(), headers.UserAgent.ToString(), address?.ToString() ?? "");
    }
}
