using System.Globalization;
using RemoteStore.Primitives.Memory;
using RemoteStore.PromQL;

namespace RemoteStore.Api.Json;

/// <summary>What a query cost, as the member <c>stats</c> of its data.</summary>
internal static class QueryStatisticsJson
{
    /// <summary>Writes the member with the comma before it.</summary>
    public static void Write(PooledBufferWriter output, QueryRequest query, QueryStatistics statistics)
    {
        double queue = statistics.QueueTime.TotalSeconds;
        double preparation = statistics.PreparationTime.TotalSeconds;
        double evaluation = statistics.EvaluationTime.TotalSeconds;
        double sorting = statistics.ResultSortTime.TotalSeconds;
        Seconds(output, ",\"stats\":{\"timings\":{\"evalTotalTime\":"u8, preparation + evaluation);
        Seconds(output, ",\"resultSortTime\":"u8, sorting);
        Seconds(output, ",\"queryPreparationTime\":"u8, preparation);
        Seconds(output, ",\"innerEvalTime\":"u8, evaluation - sorting);
        Seconds(output, ",\"execQueueTime\":"u8, queue);
        Seconds(output, ",\"execTotalTime\":"u8, queue + preparation + evaluation);
        JsonBytes.Raw(output, "},\"samples\":{"u8);
        if (statistics.TotalQueryableSamplesPerStep.Count > 0)
        {
            JsonBytes.Raw(output, "\"totalQueryableSamplesPerStep\":["u8);
            for (int i = 0; i < statistics.TotalQueryableSamplesPerStep.Count; i++)
            {
                JsonBytes.Raw(output, i == 0 ? "["u8 : ",["u8);
                JsonBytes.Timestamp(output, query.StartMs + (i * query.StepMs));
                Number(output, ","u8, statistics.TotalQueryableSamplesPerStep[i]);
                JsonBytes.Raw(output, "]"u8);
            }

            JsonBytes.Raw(output, "],"u8);
        }

        Number(output, "\"totalQueryableSamples\":"u8, statistics.TotalQueryableSamples);
        Number(output, ",\"samplesRead\":"u8, statistics.SamplesRead);
        Number(output, ",\"peakSamples\":"u8, statistics.PeakSamples);
        JsonBytes.Raw(output, "}}"u8);
    }

    private static void Number(PooledBufferWriter output, ReadOnlySpan<byte> name, long value)
    {
        JsonBytes.Raw(output, name);
        JsonBytes.Number(output, value);
    }

    private static void Seconds(PooledBufferWriter output, ReadOnlySpan<byte> name, double seconds)
    {
        JsonBytes.Raw(output, name);
        _ = seconds.TryFormat(output.GetSpan(32), out int written, "0.#########", CultureInfo.InvariantCulture);
        output.Advance(written);
    }
}
