using System.Text.Json;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.Api.Endpoints.Admin;

/// <summary>A deletion as JSON; times are milliseconds since the Unix epoch.</summary>
internal static class DeletionJson
{
    public static void Write(Utf8JsonWriter json, DeletionReport report)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, report.Id);
        json.WriteString("state"u8, report.State switch
        {
            DeletionState.Pending => "pending"u8,
            DeletionState.Processing => "processing"u8,
            _ => "done"u8,
        });
        json.WriteStartArray("match"u8);
        foreach (string selector in report.Selectors)
        {
            json.WriteStringValue(selector);
        }

        json.WriteEndArray();
        json.WriteNumber("minTime"u8, report.Range.MinTime);
        json.WriteNumber("maxTime"u8, report.Range.MaxTime);
        json.WriteNumber("createdAt"u8, report.CreatedAtMs);
        json.WriteNumber("finishedAt"u8, report.FinishedAtMs);
        json.WriteNumber("blocksDone"u8, report.BlocksDone);
        json.WriteNumber("samplesRemoved"u8, report.SamplesRemoved);
        json.WriteEndObject();
    }
}
