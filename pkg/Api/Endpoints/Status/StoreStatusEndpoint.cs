using RemoteStore.Api.Http;
using RemoteStore.Api.Parameters;
using RemoteStore.Storage.Administration;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary><c>/api/v1/status/tsdb</c>: how many series there are, and which labels they come from.</summary>
internal sealed class StoreStatusEndpoint(IStoreStatistics store) : IApiEndpoint
{
    private const int DefaultLimit = 10;
    private const int MaxLimit = 10_000;

    public string Name => "status_tsdb";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        SeriesStatistics statistics = store.GetSeriesStatistics(request.Tenant, Limit(request.Get("limit")), cancellationToken);
        response.Json.WriteStartObject();
        response.Json.WriteStartObject("headStats"u8);
        response.Json.WriteNumber("numSeries"u8, statistics.Series);
        response.Json.WriteNumber("numLabelPairs"u8, statistics.LabelPairs);
        response.Json.WriteNumber("chunkCount"u8, statistics.Chunks);
        response.Json.WriteNumber("minTime"u8, statistics.MinTime);
        response.Json.WriteNumber("maxTime"u8, statistics.MaxTime);
        response.Json.WriteEndObject();
        Write(response, "seriesCountByMetricName", statistics.SeriesByMetric);
        Write(response, "labelValueCountByLabelName", statistics.ValuesByName);
        Write(response, "memoryInBytesByLabelName", statistics.ValueBytesByName);
        Write(response, "seriesCountByLabelValuePair", statistics.SeriesByPair);
        response.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }

    private static int Limit(string text)
    {
        if (text.Length == 0)
        {
            return DefaultLimit;
        }

        if (!GoInteger.TryParse(text, out long limit, out _) || limit < 1)
        {
            throw new ApiException(ApiErrorType.BadData, "limit must be a positive number");
        }

        return limit <= MaxLimit ? (int)limit : throw new ApiException(ApiErrorType.BadData, $"limit must not exceed {MaxLimit}");
    }

    private static void Write(JsonResponse response, string name, IReadOnlyList<StatisticsEntry> entries)
    {
        response.Json.WriteStartArray(name);
        foreach (StatisticsEntry entry in entries)
        {
            response.Json.WriteStartObject();
            response.Json.WriteString("name"u8, entry.Name);
            response.Json.WriteNumber("value"u8, entry.Count);
            response.Json.WriteEndObject();
        }

        response.Json.WriteEndArray();
    }
}
