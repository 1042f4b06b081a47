using System.Text.Json;
using RemoteStore.Api.Http;
using RemoteStore.Api.Json;
using RemoteStore.Model;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Parser;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Api.Endpoints;

/// <summary>
/// <c>/api/v1/query</c> for plain selectors. An instant selector gives the newest sample of each series within the lookback, unless a staleness marker
/// ended the series; a range selector gives the samples as they are stored, without markers. Ranges are open at their left end.
/// </summary>
internal sealed class InstantQueryEndpoint(IQueryable store, ReadApiOptions options, TimeProvider time) : IApiEndpoint
{
    public string Name => "query";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        int limit = request.GetLimit();
        long at = request.GetTime("time", time.GetUtcNow().ToUnixTimeMilliseconds());
        long timeoutMs = request.GetDuration("timeout", (long)options.QueryTimeout.TotalMilliseconds);
        long lookbackMs = request.GetDuration("lookback_delta", (long)options.LookbackDelta.TotalMilliseconds);
        if (lookbackMs <= 0)
        {
            lookbackMs = (long)options.LookbackDelta.TotalMilliseconds;
        }

        if (!SelectorParser.TryParse(request.Get("query"), out Selector? selector, out ParseError? error))
        {
            throw ApiException.BadParameter("query", error.ToString());
        }

        var timeout = TimeSpan.FromMilliseconds(Math.Clamp(timeoutMs, 0, (long)options.QueryTimeout.TotalMilliseconds));
        using var timer = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            await WriteAsync(request.Tenant, selector, at, lookbackMs, limit, response, either.Token);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ApiException(ApiErrorType.Timeout, "query timed out in expression evaluation");
        }
    }

    private async ValueTask WriteAsync(
        TenantId tenant, Selector selector, long at, long lookbackMs, int limit, JsonResponse response, CancellationToken cancellationToken)
    {
        long pinned = selector.At.Kind == AtKind.Timestamp ? selector.At.TimestampMs : at;
        long end = SaturatingSubtract(pinned, selector.OffsetMs);
        long start = SaturatingSubtract(end, selector.RangeMs ?? lookbackMs);
        start = start == long.MinValue ? start : start + 1;
        var range = new QueryRange(Math.Min(start, end), end);

        Utf8JsonWriter json = response.Json;
        json.WriteStartObject();
        json.WriteString("resultType"u8, selector.RangeMs is null ? "vector"u8 : "matrix"u8);
        json.WriteStartArray("result"u8);
        await using IQuerier querier = await store.OpenQuerierAsync(tenant, range, cancellationToken);
        await using ISeriesSet set = await querier.SelectAsync(sorted: true, new SelectHints(range), selector.Matchers, cancellationToken);
        int written = 0;
        long samples = 0;
        while (await set.MoveNextAsync(cancellationToken))
        {
            SeriesBatch batch = set.Current;
            for (int i = 0; i < batch.Count; i++)
            {
                bool more = limit == 0 || written < limit;
                bool any = selector.RangeMs is null
                    ? WriteLatest(json, batch, i, range, at, more, ref samples)
                    : WriteRange(json, batch, i, range, more, ref samples);
                if (any && !more)
                {
                    response.AddWarning(Warnings.Truncated);
                    json.WriteEndArray();
                    json.WriteEndObject();
                    return;
                }

                if (samples > options.QuerySampleLimit)
                {
                    throw new ApiException(
                        ApiErrorType.Execution, $"query processing would load too many samples into memory: the limit is {options.QuerySampleLimit}");
                }

                written += any ? 1 : 0;
                await response.SendIfLargeAsync(cancellationToken);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static bool WriteLatest(Utf8JsonWriter json, SeriesBatch batch, int series, QueryRange range, long at, bool write, ref long samples)
    {
        ReadOnlySpan<long> timestamps = batch.Timestamps(series);
        ReadOnlySpan<HistogramSample> histograms = batch.Histograms(series);
        int f = LastInRange(timestamps, range);
        int h = LastInRange(histograms, range);
        bool isHistogram = h >= 0 && (f < 0 || histograms[h].TimestampMs > timestamps[f]);
        if (isHistogram)
        {
            ReadOnlySpan<byte> payload = batch.Samples.Payload(histograms[h]);
            NativeHistogram histogram = HistogramPayload.Decode(payload);
            if (histogram.IsStale)
            {
                return false;
            }

            if (write)
            {
                WriteMetric(json, batch, series);
                json.WritePropertyName("histogram"u8);
                HistogramJson.WritePoint(json, at, payload);
                json.WriteEndObject();
            }
        }
        else
        {
            if (f < 0 || batch.ValueBits(series)[f] == SampleBits.StaleMarker)
            {
                return false;
            }

            if (write)
            {
                WriteMetric(json, batch, series);
                json.WritePropertyName("value"u8);
                ResultJson.WritePoint(json, at, batch.Values(series)[f]);
                json.WriteEndObject();
            }
        }

        samples++;
        return true;
    }

    private static bool WriteRange(Utf8JsonWriter json, SeriesBatch batch, int series, QueryRange range, bool write, ref long samples)
    {
        ReadOnlySpan<long> timestamps = batch.Timestamps(series);
        ReadOnlySpan<long> bits = batch.ValueBits(series);
        ReadOnlySpan<double> values = batch.Values(series);
        bool begun = false;
        bool any = false;
        for (int i = 0; i < timestamps.Length; i++)
        {
            if (!range.Contains(timestamps[i]) || bits[i] == SampleBits.StaleMarker)
            {
                continue;
            }

            if (!write)
            {
                return true;
            }

            Begin(json, batch, series, "values"u8, ref begun, ref any);
            ResultJson.WritePoint(json, timestamps[i], values[i]);
            samples++;
        }

        End(json, ref begun);
        foreach (HistogramSample sample in batch.Histograms(series))
        {
            ReadOnlySpan<byte> payload = batch.Samples.Payload(sample);
            if (!range.Contains(sample.TimestampMs) || HistogramPayload.Decode(payload).IsStale)
            {
                continue;
            }

            if (!write)
            {
                return true;
            }

            Begin(json, batch, series, "histograms"u8, ref begun, ref any);
            HistogramJson.WritePoint(json, sample.TimestampMs, payload);
            samples++;
        }

        End(json, ref begun);
        if (any)
        {
            json.WriteEndObject();
        }

        return any;
    }

    private static void Begin(Utf8JsonWriter json, SeriesBatch batch, int series, ReadOnlySpan<byte> property, ref bool begun, ref bool any)
    {
        if (begun)
        {
            return;
        }

        if (!any)
        {
            WriteMetric(json, batch, series);
        }

        json.WriteStartArray(property);
        begun = true;
        any = true;
    }

    private static void End(Utf8JsonWriter json, ref bool begun)
    {
        if (begun)
        {
            json.WriteEndArray();
        }

        begun = false;
    }

    private static void WriteMetric(Utf8JsonWriter json, SeriesBatch batch, int series)
    {
        json.WriteStartObject();
        json.WritePropertyName("metric"u8);
        ResultJson.WriteLabels(json, batch.Labels(series));
    }

    private static int LastInRange(ReadOnlySpan<long> timestamps, QueryRange range)
    {
        int last = timestamps.Length - 1;
        while (last >= 0 && timestamps[last] > range.MaxTime)
        {
            last--;
        }

        return last >= 0 && timestamps[last] >= range.MinTime ? last : -1;
    }

    private static int LastInRange(ReadOnlySpan<HistogramSample> samples, QueryRange range)
    {
        int last = samples.Length - 1;
        while (last >= 0 && samples[last].TimestampMs > range.MaxTime)
        {
            last--;
        }

        return last >= 0 && samples[last].TimestampMs >= range.MinTime ? last : -1;
    }

    private static long SaturatingSubtract(long left, long right)
    {
        Int128 difference = (Int128)left - right;
        return difference > long.MaxValue ? long.MaxValue : difference < long.MinValue ? long.MinValue : (long)difference;
    }
}
