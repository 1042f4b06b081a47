using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Format;

/// <summary><c>meta.json</c>: JSON whose last property is a checksum over all the text before it; docs/block.md, "meta.json".</summary>
internal static class BlockMetaText
{
    private const string ChecksumHead = "  \"checksum\": \"";
    private const string ChecksumTail = "\"\n}\n";

    /// <summary>Most bytes that are read: a meta.json with thousands of sources has some hundred KiB.</summary>
    public const int MaxBytes = 64 << 20;

    public static byte[] Format(BlockMeta meta)
    {
        string json = JsonSerializer.Serialize(MetaDocument.From(meta), MetaJson.Default.MetaDocument).ReplaceLineEndings("\n");
        string body = json[..^2] + ",\n"; // the closing brace and its line go behind the checksum
        return Encoding.UTF8.GetBytes(body + ChecksumHead + Hash(Encoding.UTF8.GetBytes(body)) + ChecksumTail);
    }

    /// <exception cref="CorruptDataException">The checksum does not match, or something is missing or out of bounds.</exception>
    public static BlockMeta Parse(string path, ReadOnlySpan<byte> bytes)
    {
        int tailLength = ChecksumHead.Length + 16 + ChecksumTail.Length;
        if (bytes.Length < tailLength)
        {
            throw new CorruptDataException(path, 0, $"meta.json of {bytes.Length} bytes is too short");
        }

        ReadOnlySpan<byte> body = bytes[..^tailLength];
        if (!bytes[^tailLength..].SequenceEqual(Encoding.UTF8.GetBytes(ChecksumHead + Hash(body) + ChecksumTail)))
        {
            throw new CorruptDataException(path, 0, "the checksum of meta.json does not match");
        }

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

    private static string Hash(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes).ToString("x16", CultureInfo.InvariantCulture);
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
