using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Format;

/// <summary><c>meta.json</c>, the text form of a <see cref="BlockMeta"/>: a <see cref="SealedJson"/>; docs/block.md, "meta.json".</summary>
public static class BlockMetaText
{
    /// <summary>Most bytes that are read: a meta.json with thousands of sources has some hundred KiB.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>Writes it.</summary>
    public static byte[] Format(BlockMeta meta)
    {
        ArgumentNullException.ThrowIfNull(meta);
        return SealedJson.Seal(JsonSerializer.Serialize(MetaDocument.From(meta), MetaJson.Default.MetaDocument));
    }

    /// <summary>Reads it.</summary>
    /// <param name="path">What to call it in errors.</param>
    /// <param name="bytes">The whole text.</param>
    /// <exception cref="CorruptDataException">The checksum does not match, or something is missing or out of bounds.</exception>
    public static BlockMeta Parse(string path, ReadOnlySpan<byte> bytes)
    {
        SealedJson.Check(path, bytes);
        try
        {
            MetaDocument document = JsonSerializer.Deserialize(bytes, MetaJson.Default.MetaDocument) ?? throw new FormatException("meta.json is empty");
            return document.ToMeta();
        }
        catch (Exception broken) when (broken is JsonException or FormatException or OverflowException or ArgumentException)
        {
            throw new CorruptDataException(path, 0, $"meta.json: {broken.Message}");
        }
    }
}

/// <summary>The document as it stands in the file.</summary>
internal sealed record MetaDocument
{
    public int Version { get; init; }

    public string Ulid { get; init; } = "";

    public string Tenant { get; init; } = "";

    public long MinTime { get; init; }

    public long MaxTime { get; init; }

    public long RangeStart { get; init; }

    public long RangeEnd { get; init; }

    public long ResolutionMs { get; init; }

    public int Level { get; init; }

    public IReadOnlyList<string> Sources { get; init; } = [];

    public IReadOnlyList<string>? Parents { get; init; }

    public BlockStats Stats { get; init; } = new();

    public IReadOnlyList<MetaFile> Files { get; init; } = [];

    public string? Checksum { get; init; }

    public static MetaDocument From(BlockMeta meta) => new()
    {
        Version = meta.Version,
        Ulid = meta.Id.ToString(),
        Tenant = meta.Tenant.Name,
        MinTime = meta.MinTime,
        MaxTime = meta.MaxTime,
        RangeStart = meta.Range.Start,
        RangeEnd = meta.Range.End,
        ResolutionMs = meta.ResolutionMs,
        Level = meta.Level,
        Sources = meta.Sources,
        Parents = meta.Parents.Count == 0 ? null : [.. meta.Parents.Select(static id => id.ToString())],
        Stats = meta.Stats,
        Files = [.. meta.Files.Select(static file =>
            new MetaFile(BlockFormat.NameOf(file.File), file.SizeBytes, file.Checksum.ToString("x16", CultureInfo.InvariantCulture)))],
    };

    public BlockMeta ToMeta()
    {
        if (Version != BlockFormat.Version)
        {
            throw new FormatException($"format version {Version} is not known, this program reads {BlockFormat.Version}");
        }

        if (Sources is null || Stats is null || Files is null || Files.Any(static f => f is null) || Sources.Any(static s => s is null))
        {
            throw new FormatException("a list is missing");
        }

        return new BlockMeta
        {
            Version = Version,
            Id = BlockId.Parse(Ulid),
            Tenant = TenantId.Parse(Tenant),
            MinTime = MinTime,
            MaxTime = MaxTime,
            Range = new(RangeStart, RangeEnd),
            ResolutionMs = ResolutionMs,
            Level = Level,
            Sources = Sources,
            Parents = [.. (Parents ?? []).Select(BlockId.Parse)],
            Stats = Stats,
            Files = [File(BlockFile.Index), File(BlockFile.Chunks)],
        };
    }

    private BlockFileInfo File(BlockFile kind)
    {
        string name = BlockFormat.NameOf(kind);
        MetaFile file = Files.SingleOrDefault(f => f.Name == name) ?? throw new FormatException($"the file {name} is not listed");
        return file.SizeBytes >= 0
            ? new(kind, file.SizeBytes, ulong.Parse(file.Checksum, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
            : throw new FormatException($"the file {name} has {file.SizeBytes} bytes");
    }
}

/// <summary>A file as it stands in the document.</summary>
internal sealed record MetaFile(string Name, long SizeBytes, string Checksum);

/// <summary>Generated serialisation.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MetaDocument))]
internal sealed partial class MetaJson : JsonSerializerContext;
