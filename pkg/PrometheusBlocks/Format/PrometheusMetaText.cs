using System.Text.Json;
using System.Text.Json.Serialization;
using RemoteStore.Blocks.Format;
using RemoteStore.Primitives.Files;

namespace RemoteStore.PrometheusBlocks.Format;

/// <summary>Text of a block's <c>meta.json</c>.</summary>
internal static class PrometheusMetaText
{
    public const int MaxBytes = 16 << 20;

    private const int Version = 1;

    /// <exception cref="CorruptDataException">It is not the description of a block of version 1.</exception>
    public static PrometheusBlockMeta Parse(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            MetaDocument document = JsonSerializer.Deserialize(bytes, PrometheusMetaJson.Default.MetaDocument) ?? throw new FormatException("it is empty");
            return document.Version == Version ? ToMeta(document) : throw new FormatException($"version {document.Version} is not known");
        }
        catch (Exception broken) when (broken is JsonException or FormatException)
        {
            throw new CorruptDataException(path, 0, broken.Message);
        }
    }

    public static byte[] Format(PrometheusBlockMeta meta) => JsonSerializer.SerializeToUtf8Bytes(
        new MetaDocument
        {
            Ulid = meta.Id.ToString(),
            MinTime = meta.Range.Start,
            MaxTime = meta.Range.End,
            Stats = new()
            {
                NumSamples = meta.Samples,
                NumFloatSamples = meta.FloatSamples,
                NumHistogramSamples = meta.HistogramSamples,
                NumSeries = meta.Series,
                NumChunks = meta.Chunks,
                NumTombstones = meta.Tombstones,
            },
            Compaction = new() { Level = meta.Level, Sources = [.. meta.Sources.Select(static id => id.ToString())] },
            Version = Version,
        },
        PrometheusMetaJson.Default.MetaDocument);

    private static PrometheusBlockMeta ToMeta(MetaDocument document)
    {
        if (document.MinTime >= document.MaxTime)
        {
            throw new FormatException($"the range from {document.MinTime} to {document.MaxTime} is empty");
        }

        return new()
        {
            Id = BlockId.Parse(document.Ulid),
            Range = new(document.MinTime, document.MaxTime),
            Samples = document.Stats.NumSamples,
            FloatSamples = document.Stats.NumFloatSamples,
            HistogramSamples = document.Stats.NumHistogramSamples,
            Series = document.Stats.NumSeries,
            Chunks = document.Stats.NumChunks,
            Tombstones = document.Stats.NumTombstones,
            Level = document.Compaction.Level,
            Sources = [.. document.Compaction.Sources.Select(BlockId.Parse)],
        };
    }
}

/// <summary>The document as it stands in the file.</summary>
internal sealed record MetaDocument
{
    public string Ulid { get; init; } = "";

    public long MinTime { get; init; }

    public long MaxTime { get; init; }

    public MetaStats Stats { get; init; } = new();

    public MetaCompaction Compaction { get; init; } = new();

    public int Version { get; init; }
}

/// <summary>Counts of a block.</summary>
internal sealed record MetaStats
{
    public long NumSamples { get; init; }

    public long NumFloatSamples { get; init; }

    public long NumHistogramSamples { get; init; }

    public long NumSeries { get; init; }

    public long NumChunks { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long NumTombstones { get; init; }
}

/// <summary>Where a block comes from.</summary>
internal sealed record MetaCompaction
{
    public int Level { get; init; } = 1;

    public IReadOnlyList<string> Sources { get; init; } = [];
}

/// <summary>Generated serialisation. Nulls where the file must have something are faults of the file.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MetaDocument))]
internal sealed partial class PrometheusMetaJson : JsonSerializerContext;
