using System.Text.Json;
using System.Text.Json.Serialization;
using RemoteStore.Blocks.Format;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Deleting;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.BlockStore.Deletions;

/// <summary>Text form of a deletion job: <see cref="SealedJson"/>.</summary>
public static class DeletionJobText
{
    /// <summary>Most bytes that are read.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Writes a job.</summary>
    public static byte[] Format(DeletionJob job) => SealedJson.Seal(JsonSerializer.Serialize(JobDocument.From(job), JobJson.Default.JobDocument));

    /// <summary>Reads a job.</summary>
    /// <param name="key">What to call it in errors.</param>
    /// <param name="bytes">The whole text.</param>
    /// <exception cref="CorruptDataException">It is damaged.</exception>
    public static DeletionJob Parse(string key, ReadOnlySpan<byte> bytes)
    {
        SealedJson.Check(key, bytes);
        try
        {
            return (JsonSerializer.Deserialize(bytes, JobJson.Default.JobDocument) ?? throw new FormatException("the job is empty")).ToJob();
        }
        catch (Exception broken) when (broken is JsonException or FormatException or ArgumentException)
        {
            throw new CorruptDataException(key, 0, broken.Message);
        }
    }
}

/// <summary>A job as it stands in the bucket.</summary>
internal sealed record JobDocument
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required IReadOnlyList<IReadOnlyList<MatcherDocument>> Selectors { get; init; }

    public required long MinTime { get; init; }

    public required long MaxTime { get; init; }

    public required long CreatedAtMs { get; init; }

    public DeletionState State { get; init; }

    public long FinishedAtMs { get; init; }

    public IReadOnlyList<string> CleanBlocks { get; init; } = [];

    public long SamplesRemoved { get; init; }

    public static JobDocument From(DeletionJob job) => new()
    {
        Id = job.Id,
        Tenant = job.Tenant.Name,
        Selectors = [.. job.Selectors.Select(static set => (IReadOnlyList<MatcherDocument>)[.. set.Select(MatcherDocument.From)])],
        MinTime = job.Range.MinTime,
        MaxTime = job.Range.MaxTime,
        CreatedAtMs = job.CreatedAtMs,
        State = job.State,
        FinishedAtMs = job.FinishedAtMs,
        CleanBlocks = [.. job.CleanBlocks.Select(static id => id.ToString())],
        SamplesRemoved = job.SamplesRemoved,
    };

    public DeletionJob ToJob() => new()
    {
        Id = Id,
        Tenant = TenantId.Parse(Tenant),
        Selectors = Selectors.Count > 0 && Selectors.All(static set => set.Count > 0)
            ? [.. Selectors.Select(static set => (IReadOnlyList<LabelMatcher>)[.. set.Select(static matcher => matcher.ToMatcher())])]
            : throw new FormatException("the job selects nothing"),
        Range = new QueryRange(MinTime, MaxTime),
        CreatedAtMs = CreatedAtMs,
        State = State,
        FinishedAtMs = FinishedAtMs,
        CleanBlocks = [.. CleanBlocks.Select(BlockId.Parse)],
        SamplesRemoved = SamplesRemoved,
    };
}

/// <summary>A matcher as it stands in the bucket.</summary>
internal sealed record MatcherDocument(string Name, string Type, string Value)
{
    public static MatcherDocument From(LabelMatcher matcher) => new(
        matcher.Name,
        matcher.Type switch
        {
            MatchType.Equal => "=",
            MatchType.NotEqual => "!=",
            MatchType.Regexp => "=~",
            _ => "!~",
        },
        matcher.Value);

    public LabelMatcher ToMatcher() => new(
        Type switch
        {
            "=" => MatchType.Equal,
            "!=" => MatchType.NotEqual,
            "=~" => MatchType.Regexp,
            "!~" => MatchType.NotRegexp,
            _ => throw new FormatException($"\"{Type}\" is no kind of matcher"),
        },
        Name,
        Value);
}

/// <summary>Generated serialisation. Nulls where something must be are faults of the text.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(JobDocument))]
internal sealed partial class JobJson : JsonSerializerContext;
