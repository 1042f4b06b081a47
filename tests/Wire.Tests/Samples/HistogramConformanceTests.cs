using System.Globalization;
using System.Text.Json;
using RemoteStore.Model.Samples;
using Shouldly;
using Xunit;

namespace RemoteStore.Wire.Tests.Samples;

/// <summary>The reference engine's table of valid and invalid histograms, as integer and, where it holds for them too, as float histograms.</summary>
public class HistogramConformanceTests
{
    public static TheoryData<string> Cases => [.. Load().Select(c => c.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Validate_ConformanceCase_JudgesAsTheReferenceDoes(string name)
    {
        JsonElement test = Load().Single(c => c.GetProperty("name").GetString() == name);
        bool expected = test.GetProperty("ok").GetBoolean();

        (HistogramPayload.Validate(Read(test.GetProperty("histogram"), false)) == HistogramFault.None).ShouldBe(expected);
        if (!test.TryGetProperty("integer_only", out JsonElement only) || !only.GetBoolean())
        {
            (HistogramPayload.Validate(Read(test.GetProperty("histogram"), true)) == HistogramFault.None).ShouldBe(expected);
        }
    }

    private static List<JsonElement> Load()
    {
        string path = Path.Combine(Directory(), "histograms", "validate.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(c => c.Clone())];
    }

    private static string Directory()
    {
        if (Environment.GetEnvironmentVariable("REMOTESTORE_CONFORMANCE") is { Length: > 0 } configured)
        {
            return configured;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "conformance");
            if (System.IO.Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException("no conformance data: set REMOTESTORE_CONFORMANCE");
    }

    private static NativeHistogram Read(JsonElement h, bool asFloat)
    {
        double count = Number(h, "Count");
        double zeroCount = Number(h, "ZeroCount");
        long[] positive = [.. Numbers(h, "PositiveBuckets").Select(d => (long)d)];
        long[] negative = [.. Numbers(h, "NegativeBuckets").Select(d => (long)d)];
        return new NativeHistogram
        {
            IsFloat = asFloat,
            Schema = (int)Number(h, "Schema"),
            SumBits = BitConverter.DoubleToInt64Bits(Number(h, "Sum")),
            ZeroThreshold = Number(h, "ZeroThreshold"),
            IntegerCount = asFloat ? 0 : (ulong)count,
            IntegerZeroCount = asFloat ? 0 : (ulong)zeroCount,
            FloatCount = asFloat ? count : 0,
            FloatZeroCount = asFloat ? zeroCount : 0,
            PositiveSpans = Spans(h, "PositiveSpans"),
            NegativeSpans = Spans(h, "NegativeSpans"),
            PositiveDeltas = asFloat ? [] : positive,
            NegativeDeltas = asFloat ? [] : negative,
            PositiveCounts = asFloat ? new NativeHistogram { PositiveDeltas = positive }.AbsolutePositiveCounts() : [],
            NegativeCounts = asFloat ? new NativeHistogram { NegativeDeltas = negative }.AbsoluteNegativeCounts() : [],
            CustomValues = Numbers(h, "CustomValues"),
        };
    }

    private static HistogramSpan[] Spans(JsonElement h, string name) => h.TryGetProperty(name, out JsonElement spans)
        ? [.. spans.EnumerateArray().Select(s => new HistogramSpan((int)Number(s, "Offset"), (uint)Number(s, "Length")))]
        : [];

    private static double[] Numbers(JsonElement h, string name) =>
        h.TryGetProperty(name, out JsonElement values) ? [.. values.EnumerateArray().Select(Parse)] : [];

    private static double Number(JsonElement h, string name) => h.TryGetProperty(name, out JsonElement value) ? Parse(value) : 0;

    private static double Parse(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : value.GetString() switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        { } text => double.Parse(text, CultureInfo.InvariantCulture),
        null => throw new FormatException("null number"),
    };
}
