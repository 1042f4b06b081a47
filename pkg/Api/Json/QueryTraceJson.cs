using System.Runtime.CompilerServices;
using System.Text.Json;
using RemoteStore.PromQL.Results;

namespace RemoteStore.Api.Json;

/// <summary>What the operators of a query did, as a tree.</summary>
internal static class QueryTraceJson
{
    /// <summary>Writes an operator with its inputs.</summary>
    public static void Write(Utf8JsonWriter json, QueryTrace trace)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        json.WriteStartObject();
        json.WriteString("operation"u8, trace.Operation);
        json.WriteNumber("durationSeconds"u8, trace.Elapsed.TotalSeconds);
        json.WriteNumber("series"u8, trace.Series);
        json.WriteNumber("samples"u8, trace.Samples);
        json.WriteNumber("peakBytes"u8, trace.PeakBytes);
        if (trace.Note.Length > 0)
        {
            json.WriteString("note"u8, trace.Note);
        }

        if (trace.Inputs.Count > 0)
        {
            json.WriteStartArray("inputs"u8);
            foreach (QueryTrace input in trace.Inputs)
            {
                Write(json, input);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
