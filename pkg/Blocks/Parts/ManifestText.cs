using System.Collections.Immutable;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Parts;

/// <summary>The manifest as lines of text, the last a checksum over the rest; docs/part.md, "Manifest".</summary>
internal static class ManifestText
{
    private const string Head = "remotestore parts 2";
    private const string HeadOfVersion1 = "remotestore parts 1"; // had no dropped lines
    private const string Checksum = "checksum ";

    public static string Format(PartManifest manifest)
    {
        var text = new StringBuilder();
        text.Append(Head).Append('\n');
        text.Append("next ").Append(manifest.NextId).Append('\n');
        foreach ((string key, string value) in manifest.Properties)
        {
            text.Append("property ").Append(Uri.EscapeDataString(key)).Append(' ').Append(Uri.EscapeDataString(value)).Append('\n');
        }

        foreach (PartInfo part in manifest.Parts)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"part {part.Id} {part.Level} {part.MinTime} {part.MaxTime} {part.Rows} {part.HistogramRows} {part.SizeBytes} {part.Tenants}\n");
        }

        foreach ((PartId id, ImmutableSortedSet<TenantId> tenants) in manifest.Dropped)
        {
            foreach (TenantId tenant in tenants)
            {
                text.Append("dropped ").Append(id).Append(' ').Append(tenant.Name).Append('\n');
            }
        }

        string content = text.ToString();
        return content + Checksum + Hash(content) + "\n";
    }

    /// <exception cref="CorruptDataException">The checksum does not match, or a line does not have its form.</exception>
    public static PartManifest Parse(string path, ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        int tail = text.LastIndexOf(Checksum, StringComparison.Ordinal);
        if (tail < 0 || text[tail..] != Checksum + Hash(text[..tail]) + "\n" || Encoding.UTF8.GetByteCount(text) != bytes.Length)
        {
            throw new CorruptDataException(path, 0, "the checksum of the manifest does not match");
        }

        string[] lines = text[..tail].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        PartManifest manifest = PartManifest.Empty;
        PartId? next = null;
        var parts = new List<PartInfo>();
        var dropped = new List<(PartId Part, TenantId Tenant)>();
        try
        {
            if (lines.Length == 0 || lines[0] is not (Head or HeadOfVersion1))
            {
                throw new FormatException("the manifest has a version that is not known");
            }

            foreach (string line in lines.AsSpan(1))
            {
                string[] words = line.Split(' ');
                switch (words[0], words.Length)
                {
                    case ("next", 2):
                        next = ParseId(words[1]);
                        break;
                    case ("property", 3):
                        manifest = manifest.WithProperty(Uri.UnescapeDataString(words[1]), Uri.UnescapeDataString(words[2]));
                        break;
                    case ("part", 9):
                        parts.Add(new(
                            ParseId(words[1]), (int)ParseNumber(words[2]), ParseNumber(words[3]), ParseNumber(words[4]), ParseNumber(words[5]),
                            ParseNumber(words[6]), ParseNumber(words[7]), (int)ParseNumber(words[8])));
                        break;
                    case ("dropped", 3):
                        dropped.Add((ParseId(words[1]), ParseTenant(words[2])));
                        break;
                    default:
                        throw new FormatException($"the line '{line}' is not known");
                }
            }
        }
        catch (Exception broken) when (broken is FormatException or OverflowException)
        {
            throw new CorruptDataException(path, 0, broken.Message);
        }

        if (next is null)
        {
            throw new CorruptDataException(path, 0, "the manifest has no next number");
        }

        manifest = PartManifest.Create(parts, next.Value, manifest.Properties, manifest.Dropped);
        try
        {
            return dropped.GroupBy(static d => d.Tenant).Aggregate(
                manifest, static (result, tenant) => result.WithDropped(tenant.Key, [.. tenant.Select(static d => d.Part)]));
        }
        catch (ArgumentException broken)
        {
            throw new CorruptDataException(path, 0, broken.Message);
        }
    }

    private static PartId ParseId(string text) => PartId.TryParse(text, out PartId id) ? id : throw new FormatException($"'{text}' is not a part number");

    private static TenantId ParseTenant(string text) =>
        TenantId.TryParse(text, out TenantId tenant, out string? error) ? tenant : throw new FormatException(error);

    private static long ParseNumber(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static string Hash(string text) =>
        XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text)).ToString("x16", CultureInfo.InvariantCulture);
}
