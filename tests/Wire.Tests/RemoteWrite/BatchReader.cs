using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Model.Writes;
using RemoteStore.Testing;
using RemoteStore.Wire.RemoteWrite;

namespace RemoteStore.Wire.Tests.RemoteWrite;

/// <summary>Decodes requests and reads batches back as text, so that tests compare content and not offsets.</summary>
internal static class BatchReader
{
    public static WriteBatch DecodeV1(byte[] request, out DecodeResult result)
    {
        var batch = new WriteBatch();
        request.CopyTo(batch.Reset(request.Length));
        result = RemoteWriteV1Decoder.Decode(batch, request.Length);
        return batch;
    }

    public static WriteBatch DecodeV2(byte[] request, out DecodeResult result)
    {
        var batch = new WriteBatch();
        request.CopyTo(batch.Reset(request.Length));
        result = RemoteWriteV2Decoder.Decode(batch, request.Length);
        return batch;
    }

    public static List<string> Describe(WriteBatch batch)
    {
        var lines = new List<string>();
        foreach (WriteSeries series in batch.Series)
        {
            var line = new StringBuilder(SeriesText.Shorten(batch.Slice(series.LabelsOffset, series.LabelsLength), 4096));
            for (int i = series.SampleStart; i < series.SampleStart + series.SampleCount; i++)
            {
                long start = batch.StartTimestamps.IsEmpty ? 0 : batch.StartTimestamps[i];
                line.Append($" {batch.ValueBits[i]:x}@{batch.Timestamps[i]}/{start}");
            }

            foreach (WriteHistogram h in batch.Histograms.Skip(series.HistogramStart).Take(series.HistogramCount))
            {
                line.Append($" h{Convert.ToHexString(batch.Slice(h.PayloadOffset, h.PayloadLength))}@{h.TimestampMs}/{h.StartTimestampMs}");
            }

            foreach (WriteExemplar e in batch.Exemplars.Skip(series.ExemplarStart).Take(series.ExemplarCount))
            {
                line.Append($" #{SeriesText.Shorten(batch.Slice(e.LabelsOffset, e.LabelsLength), 4096)}{e.ValueBits:x}@{e.TimestampMs}");
            }

            lines.Add(line.ToString());
        }

        return lines;
    }

    public static List<string> Describe(IEnumerable<RequestSeries> request, bool withStartTimestamps)
    {
        var lines = new List<string>();
        foreach (RequestSeries series in request)
        {
            var line = new StringBuilder(Describe(series.Labels));
            foreach ((long t, long bits, long start) in series.Samples)
            {
                line.Append($" {bits:x}@{t}/{(withStartTimestamps ? start : 0)}");
            }

            foreach ((long t, NativeHistogram h, long start) in series.Histograms)
            {
                line.Append($" h{Convert.ToHexString(HistogramPayload.Encode(h))}@{t}/{start}");
            }

            foreach ((long t, double value, string[] labels) in series.Exemplars)
            {
                line.Append($" #{Describe(labels.Chunk(2).Select(p => KeyValuePair.Create(p[0], p[1])))}{BitConverter.DoubleToInt64Bits(value):x}@{t}");
            }

            lines.Add(line.ToString());
        }

        return lines;
    }

    public static List<string> DescribeMetadata(WriteBatch batch) =>
        [.. batch.Metadata.Select(m => $"{m.Type} {Text(batch, m.NameOffset, m.NameLength)} '{Text(batch, m.HelpOffset, m.HelpLength)}' '{Text(batch, m.UnitOffset, m.UnitLength)}'")];

    private static string Text(WriteBatch batch, int offset, int length) => Encoding.UTF8.GetString(batch.Slice(offset, length));

    private static string Describe(IEnumerable<KeyValuePair<string, string>> labels) =>
        "{" + string.Join(", ", labels.Select(l => (l.Key.Length > 0 ? $"{l.Key}=" : "") + (l.Value.Length > 0 ? $"\"{l.Value}\"" : ""))) + "}";
}
