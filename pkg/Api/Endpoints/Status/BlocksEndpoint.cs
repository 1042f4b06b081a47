using RemoteStore.Api.Http;
using RemoteStore.Storage.Administration;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary><c>/api/v1/status/tsdb/blocks</c>: the tenant's blocks.</summary>
internal sealed class BlocksEndpoint(IStoreStatistics store) : IApiEndpoint
{
    private const int FormatVersion = 1;

    public string Name => "status_tsdb_blocks";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        response.Json.WriteStartObject();
        response.Json.WriteStartArray("blocks"u8);
        foreach (StoredBlock block in store.GetBlocks(request.Tenant))
        {
            Write(response, block);
            await response.SendIfLargeAsync(cancellationToken);
        }

        response.Json.WriteEndArray();
        response.Json.WriteEndObject();
    }

    private static void Write(JsonResponse response, StoredBlock block)
    {
        response.Json.WriteStartObject();
        response.Json.WriteString("ulid"u8, block.Id);
        response.Json.WriteNumber("minTime"u8, block.MinTime);
        response.Json.WriteNumber("maxTime"u8, block.MaxTime);
        response.Json.WriteStartObject("stats"u8);
        response.Json.WriteNumber("numSamples"u8, block.Samples);
        response.Json.WriteNumber("numSeries"u8, block.Series);
        response.Json.WriteNumber("numChunks"u8, block.Chunks);
        response.Json.WriteEndObject();
        response.Json.WriteStartObject("compaction"u8);
        response.Json.WriteNumber("level"u8, block.Level);
        response.Json.WriteStartArray("sources"u8);
        foreach (string source in block.Sources)
        {
            response.Json.WriteStringValue(source);
        }

        response.Json.WriteEndArray();
        response.Json.WriteEndObject();
        response.Json.WriteNumber("sizeBytes"u8, block.SizeBytes);
        response.Json.WriteNumber("version"u8, FormatVersion);
        response.Json.WriteEndObject();
    }
}
