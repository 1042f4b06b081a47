using System.Text.Json;
using RemoteStore.Api.Http;
using RemoteStore.Api.Json;
using RemoteStore.Storage.Administration;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary><c>/api/v1/status/object_store</c>: what the tenant's blocks in the object store cost, what waits to be uploaded, what is marked.</summary>
internal sealed class ObjectStoreEndpoint(IObjectStoreStatus status, TimeProvider time) : IApiEndpoint
{
    public string Name => "status_object_store";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        ObjectStoreReport report = status.GetObjectStore(request.Tenant);
        Utf8JsonWriter json = response.Json;
        json.WriteStartObject();
        json.WriteString("bucket"u8, report.Bucket);
        json.WriteBoolean("createIsAtomic"u8, report.IsCreateAtomic);
        json.WriteStartArray("requests"u8);
        foreach (ObjectStoreRequests requests in report.Requests)
        {
            Write(json, requests);
        }

        json.WriteEndArray();
        WriteUploads(json, report.Uploads);
        json.WritePropertyName("index"u8);
        if (report.Index is { } index)
        {
            json.WriteStartObject();
            WriteTime(json, "updated"u8, index.UpdatedAtMs);
            json.WriteNumber("ageSeconds"u8, Math.Max(0, (time.GetUtcNow().ToUnixTimeMilliseconds() - index.UpdatedAtMs) / 1000.0));
            json.WriteNumber("blocks"u8, index.Blocks);
            json.WriteNumber("bytes"u8, index.SizeBytes);
            await WriteMarksAsync(response, "deletionMarks", index.DeletionMarks, cancellationToken);
            await WriteMarksAsync(response, "brokenBlocks", index.BrokenBlocks, cancellationToken);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ObjectStoreRequests requests)
    {
        json.WriteStartObject();
        json.WriteString("operation"u8, requests.Operation);
        json.WriteString("role"u8, requests.Role);
        json.WriteString("tenant"u8, requests.Tenant);
        json.WriteNumber("requests"u8, requests.Requests);
        json.WriteNumber("failures"u8, requests.Failures);
        json.WriteNumber("bytes"u8, requests.Bytes);
        json.WriteEndObject();
    }

    private static void WriteUploads(Utf8JsonWriter json, WaitingUploads uploads)
    {
        json.WriteStartObject("uploads"u8);
        json.WriteNumber("blocks"u8, uploads.Blocks);
        json.WriteNumber("bytes"u8, uploads.SizeBytes);
        WriteTime(json, "oldest"u8, uploads.OldestMs);
        json.WriteString("failure"u8, uploads.Failure);
        json.WriteEndObject();
    }

    private static async ValueTask WriteMarksAsync(JsonResponse response, string name, IReadOnlyList<MarkedBlock> marks, CancellationToken cancellationToken)
    {
        response.Json.WriteStartArray(name);
        foreach (MarkedBlock mark in marks)
        {
            response.Json.WriteStartObject();
            response.Json.WriteString("block"u8, mark.Block);
            WriteTime(response.Json, "time"u8, mark.MarkedAtMs);
            response.Json.WriteString("reason"u8, mark.Reason);
            response.Json.WriteEndObject();
            await response.SendIfLargeAsync(cancellationToken);
        }

        response.Json.WriteEndArray();
    }

    private static void WriteTime(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? timestampMs)
    {
        json.WritePropertyName(name);
        if (timestampMs is { } time)
        {
            ResultJson.WriteTimestamp(json, time);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
