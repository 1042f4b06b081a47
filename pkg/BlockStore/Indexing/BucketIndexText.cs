using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Indexing;

/// <summary>
/// Text form of a bucket index: a <see cref="SealedJson"/> that has each block's <c>meta.json</c> and each mark word for word, so that there is one form of
/// them, with checksums of their own.
/// </summary>
public static class BucketIndexText
{
    /// <summary>Most bytes that are read; a block takes some 1.5 KiB.</summary>
    public const int MaxBytes = 256 << 20;

    private const int Version = 1;

    private static readonly JsonWriterOptions s_indented = new() { Indented = true, NewLine = "\n" };

    /// <summary>Writes it.</summary>
    public static byte[] Format(BucketIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        var text = new ArrayBufferWriter<byte>(1 << 12);
        using (var json = new Utf8JsonWriter(text, s_indented))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("tenant", index.Tenant.Name);
            json.WriteNumber("updatedAtMs", index.UpdatedAtMs);
            json.WriteBoolean("tenantDeleted", index.IsTenantDeleted);
            json.WriteStartArray("deletionJobs");
            foreach (string job in index.DeletionJobs)
            {
                json.WriteStringValue(job);
            }

            json.WriteEndArray();
            WriteAll(json, "deletionMarks", index.DeletionMarks.Values.OrderBy(static mark => mark.Block), static (json, mark) => WriteRaw(json, MarkText.Format(mark)));
            WriteAll(json, "brokenMarks", index.BrokenMarks.Values.OrderBy(static mark => mark.Block), static (json, mark) => WriteRaw(json, MarkText.Format(mark)));
            WriteAll(json, "blocks", index.Blocks, static (json, block) =>
            {
                json.WriteStartObject();
                json.WriteNumber("uploadedAtMs", block.UploadedAtMs);
                json.WritePropertyName("meta");
                WriteRaw(json, BlockMetaText.Format(block.Meta));
                json.WriteEndObject();
            });
            json.WriteEndObject();
        }

        return SealedJson.Seal(Encoding.UTF8.GetString(text.WrittenSpan));
    }

    /// <summary>Reads it.</summary>
    /// <param name="key">What to call it in errors.</param>
    /// <param name="tenant">Whose it has to be.</param>
    /// <param name="bytes">The whole text.</param>
    /// <exception cref="CorruptDataException">It is damaged, or another tenant's.</exception>
    public static BucketIndex Parse(string key, TenantId tenant, ReadOnlyMemory<byte> bytes)
    {
        SealedJson.Check(key, bytes.Span);
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            int version = root.GetProperty("version").GetInt32();
            if (version != Version)
            {
                throw new FormatException($"version {version} is not known, this program reads {Version}");
            }

            string? name = root.GetProperty("tenant").GetString();
            if (name != tenant.Name)
            {
                throw new FormatException($"it is that of tenant {name}");
            }

            return new BucketIndex(
                tenant,
                root.GetProperty("updatedAtMs").GetInt64(),
                All(root, "blocks", block => new BlockRecord(BlockMetaText.Parse(key, Raw(block.GetProperty("meta"))), block.GetProperty("uploadedAtMs").GetInt64())),
                All(root, "deletionMarks", mark => MarkText.ParseDeletion(key, Raw(mark))),
                All(root, "brokenMarks", mark => MarkText.ParseBroken(key, Raw(mark))),
                All(root, "deletionJobs", static job => job.GetString() ?? ""),
                root.GetProperty("tenantDeleted").GetBoolean());
        }
        catch (Exception broken) when (broken is JsonException or FormatException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new CorruptDataException(key, 0, broken.Message);
        }
    }

    private static void WriteAll<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            write(json, item);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a sealed text without the line end it has as a file.</summary>
    private static void WriteRaw(Utf8JsonWriter json, ReadOnlySpan<byte> text) => json.WriteRawValue(text[..^1], skipInputValidation: true);

    private static byte[] Raw(JsonElement element) => [.. JsonMarshal.GetRawUtf8Value(element), (byte)'\n'];

    private static List<T> All<T>(JsonElement root, string name, Func<JsonElement, T> read) => [.. root.GetProperty(name).EnumerateArray().Select(read)];
}
