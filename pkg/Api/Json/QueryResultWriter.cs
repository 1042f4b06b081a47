using RemoteStore.Api.Http;
using RemoteStore.Model.Histograms;
using RemoteStore.Primitives.Memory;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Results;

namespace RemoteStore.Api.Json;

/// <summary>Writes the answer to a query as the data of a response, sending it in pieces.</summary>
/// <remarks>One answer: <see cref="WriteAsync"/>, then members beside the result, then <see cref="End"/>.</remarks>
internal sealed class QueryResultWriter(JsonResponse response, QueryResult result)
{
    private const int PieceBytes = 32 << 10;

    private readonly PooledBufferWriter _output = response.BeginBytes();

    /// <summary>True when the limit left series out.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Opens the data and writes type and result.</summary>
    /// <param name="limit">Most series; 0 = all.</param>
    /// <param name="cancellationToken">Given up by the client.</param>
    public ValueTask WriteAsync(int limit, CancellationToken cancellationToken)
    {
        switch (result.Type)
        {
            case ExprType.Scalar when result.Series.Count > 0 && !IsRange:
                Raw("{\"resultType\":\"scalar\",\"result\":"u8);
                JsonBytes.Point(_output, result.Series[0].Times.Span[0], result.Series[0].Values.Span[0]);
                return ValueTask.CompletedTask;
            case ExprType.Text:
                Raw("{\"resultType\":\"string\",\"result\":["u8);
                JsonBytes.Timestamp(_output, result.TimeMs);
                Raw(","u8);
                JsonBytes.Text(_output, System.Text.Encoding.UTF8.GetBytes(result.Text ?? ""));
                Raw("]"u8);
                return ValueTask.CompletedTask;
            default:
                return WriteSeriesAsync(limit, cancellationToken);
        }
    }

    /// <summary>Closes the data.</summary>
    public void End() => Raw("}"u8);

    /// <summary>Of a range query the answer is a matrix, whatever the expression is.</summary>
    public required bool IsRange { get; init; }

    private async ValueTask WriteSeriesAsync(int limit, CancellationToken cancellationToken)
    {
        bool isMatrix = IsRange || result.Type == ExprType.Matrix;
        Raw(isMatrix ? "{\"resultType\":\"matrix\",\"result\":["u8 : "{\"resultType\":\"vector\",\"result\":["u8);
        int count = limit > 0 ? Math.Min(limit, result.Series.Count) : result.Series.Count;
        IsTruncated = count < result.Series.Count;
        for (int i = 0; i < count; i++)
        {
            ResultSeries series = result.Series[i];
            Raw(i == 0 ? "{\"metric\":"u8 : ",{\"metric\":"u8);
            JsonBytes.Labels(_output, series.Labels);
            if (!isMatrix)
            {
                WriteElement(series);
            }
            else if (series.Histograms is null)
            {
                await WriteFloatsAsync(series, cancellationToken);
            }
            else
            {
                await WriteMixedAsync(series, series.Histograms, cancellationToken);
            }

            Raw("}"u8);
            await response.SendIfLargeAsync(cancellationToken);
        }

        Raw("]"u8);
    }

    private void WriteElement(ResultSeries series)
    {
        if (series.Histograms?[0] is { } histogram)
        {
            Raw(",\"histogram\":["u8);
            WriteHistogram(series.Times.Span[0], histogram);
            Raw("]"u8);
        }
        else
        {
            Raw(",\"value\":"u8);
            JsonBytes.Point(_output, series.Times.Span[0], series.Values.Span[0]);
        }
    }

    private async ValueTask WriteFloatsAsync(ResultSeries series, CancellationToken cancellationToken)
    {
        Raw(",\"values\":["u8);
        int next = 0;
        while (next < series.Times.Length)
        {
            Raw(next == 0 ? ""u8 : ","u8);
            next += JsonBytes.Points(_output, series.Times.Span[next..], series.Values.Span[next..], PieceBytes);
            await response.SendIfLargeAsync(cancellationToken);
        }

        Raw("]"u8);
    }

    private async ValueTask WriteMixedAsync(ResultSeries series, FloatHistogram?[] histograms, CancellationToken cancellationToken)
    {
        bool any = false;
        for (int i = 0; i < histograms.Length; i++)
        {
            if (histograms[i] is null)
            {
                Raw(any ? ","u8 : ",\"values\":["u8);
                any = true;
                JsonBytes.Point(_output, series.Times.Span[i], series.Values.Span[i]);
                await response.SendIfLargeAsync(cancellationToken);
            }
        }

        Raw(any ? "]"u8 : ""u8);
        any = false;
        for (int i = 0; i < histograms.Length; i++)
        {
            if (histograms[i] is { } histogram)
            {
                Raw(any ? ",["u8 : ",\"histograms\":[["u8);
                any = true;
                WriteHistogram(series.Times.Span[i], histogram);
                Raw("]"u8);
                await response.SendIfLargeAsync(cancellationToken);
            }
        }

        Raw(any ? "]"u8 : ""u8);
    }

    private void WriteHistogram(long timestampMs, FloatHistogram histogram)
    {
        JsonBytes.Timestamp(_output, timestampMs);
        Raw(","u8);
        HistogramJson.Write(_output, histogram);
    }

    private void Raw(ReadOnlySpan<byte> json) => JsonBytes.Raw(_output, json);
}
