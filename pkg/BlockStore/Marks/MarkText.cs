using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RemoteStore.Blocks.Format;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Marks;

/// <summary>Text forms of the marks: <see cref="SealedJson"/>.</summary>
public static class MarkText
{
    /// <summary>Most bytes of a mark that are read.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Writes a mark.</summary>
    public static byte[] Format(DeletionMark mark) => SealedJson.Seal(JsonSerializer.Serialize(DeletionDocument.From(mark), MarkJson.Default.DeletionDocument));

    /// <summary>Writes a mark.</summary>
    public static byte[] Format(BrokenMark mark) => SealedJson.Seal(JsonSerializer.Serialize(BrokenDocument.From(mark), MarkJson.Default.BrokenDocument));

    /// <summary>Reads a mark.</summary>
    /// <param name="key">What to call it in errors.</param>
    /// <param name="bytes">The whole text.</param>
    /// <exception cref="CorruptDataException">It is damaged.</exception>
    public static DeletionMark ParseDeletion(string key, ReadOnlySpan<byte> bytes) => Parse(key, bytes, MarkJson.Default.DeletionDocument, static document => document.ToMark());

    /// <summary>Reads a mark.</summary>
    /// <param name="key">What to call it in errors.</param>
    /// <param name="bytes">The whole text.</param>
    /// <exception cref="CorruptDataException">It is damaged.</exception>
    public static BrokenMark ParseBroken(string key, ReadOnlySpan<byte> bytes) => Parse(key, bytes, MarkJson.Default.BrokenDocument, static document => document.ToMark());

    private static TMark Parse<TDocument, TMark>(string key, ReadOnlySpan<byte> bytes, JsonTypeInfo<TDocument> type, Func<TDocument, TMark> toMark)
    {
        SealedJson.Check(key, bytes);
        try
        {
            return toMark(JsonSerializer.Deserialize(bytes, type) ?? throw new FormatException("the mark is empty"));
        }
        catch (Exception broken) when (broken is JsonException or FormatException or ArgumentException)
        {
            throw new CorruptDataException(key, 0, broken.Message);
        }
    }
}

/// <summary>A deletion mark as it stands in the bucket.</summary>
internal sealed record DeletionDocument(string Tenant, string Block, long MarkedAtMs, string Reason, IReadOnlyList<string> ReplacedBy)
{
    public static DeletionDocument From(DeletionMark mark) =>
        new(mark.Tenant.Name, mark.Block.ToString(), mark.MarkedAtMs, mark.Reason, [.. mark.ReplacedBy.Select(static id => id.ToString())]);

    public DeletionMark ToMark() => new()
    {
        Tenant = TenantId.Parse(Tenant),
        Block = BlockId.Parse(Block),
        MarkedAtMs = MarkedAtMs,
        Reason = Reason ?? "",
        ReplacedBy = [.. (ReplacedBy ?? []).Select(BlockId.Parse)],
    };
}

/// <summary>The mark of a broken block as it stands in the bucket.</summary>
internal sealed record BrokenDocument(string Tenant, string Block, long FoundAtMs, string Reason, long MinTime, long MaxTime)
{
    public static BrokenDocument From(BrokenMark mark) =>
        new(mark.Tenant.Name, mark.Block.ToString(), mark.FoundAtMs, mark.Reason, mark.Range.MinTime, mark.Range.MaxTime);

    public BrokenMark ToMark() => new()
    {
        Tenant = TenantId.Parse(Tenant),
        Block = BlockId.Parse(Block),
        FoundAtMs = FoundAtMs,
        Reason = Reason ?? "",
        Range = new QueryRange(MinTime, MaxTime),
    };
}

/// <summary>Generated serialisation.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeletionDocument))]
[JsonSerializable(typeof(BrokenDocument))]
internal sealed partial class MarkJson : JsonSerializerContext;
