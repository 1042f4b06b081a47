using System.Text.Json;
using RemoteStore.Api.Http;
using RemoteStore.Api.Json;
using RemoteStore.Storage.Administration;
using RemoteStore.Storage.Appending;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary><c>/api/v1/status/durability</c>: what was lost, what was set aside, and the state of the log.</summary>
internal sealed class DurabilityEndpoint(IDurabilityStatus status) : IApiEndpoint
{
    public string Name => "status_durability";

    public bool AnswersBeforeReady => true;

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        DurabilityReport report = status.GetDurability();
        Utf8JsonWriter json = response.Json;
        json.WriteStartObject();
        json.WriteString("mode"u8, report.Mode == Durability.Fsync ? "fsync" : "memory");
        json.WriteString("walState"u8, StateName(report.WalState));
        json.WriteString("walGeneration"u8, report.WalGeneration);
        json.WriteStartArray("lostWindows"u8);
        foreach (LostWindow window in report.LostWindows)
        {
            Write(json, window);
        }

        json.WriteEndArray();
        json.WriteStartArray("quarantinedParts"u8);
        foreach (QuarantinedPart part in report.QuarantinedParts)
        {
            json.WriteStartObject();
            json.WriteString("part"u8, part.Part);
            json.WriteString("movedTo"u8, part.MovedTo);
            json.WriteString("reason"u8, part.Reason);
            WriteTime(json, part.TimestampMs);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WritePropertyName("lastFsyncFailure"u8);
        if (report.LastFsyncFailure is { } failure)
        {
            json.WriteStartObject();
            WriteTime(json, failure.TimestampMs);
            json.WriteString("what"u8, failure.What);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
        return ValueTask.CompletedTask;
    }

    private static void Write(Utf8JsonWriter json, LostWindow window)
    {
        json.WriteStartObject();
        json.WriteString("generation"u8, window.Generation);
        json.WriteString("file"u8, window.File);
        json.WriteNumber("startOffset"u8, window.StartOffset);
        json.WriteNumber("endOffset"u8, window.EndOffset);
        json.WriteNumber("firstSequence"u8, window.FirstSequence);
        json.WritePropertyName("lastSequence"u8);
        if (window.LastSequence is { } last)
        {
            json.WriteNumberValue(last);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteString("copiedTo"u8, window.CopiedTo);
        json.WriteString("reason"u8, window.Reason);
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, long timestampMs)
    {
        json.WritePropertyName("time"u8);
        ResultJson.WriteTimestamp(json, timestampMs);
    }

    private static string StateName(WalState state) => state switch
    {
        WalState.Replaying => "replaying",
        WalState.Healthy => "healthy",
        WalState.Failed => "failed",
        _ => "stopped",
    };
}
