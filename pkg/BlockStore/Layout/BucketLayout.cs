using System.Buffers;
using System.Text;
using RemoteStore.Blocks.Format;
using RemoteStore.Model;

namespace RemoteStore.BlockStore.Layout;

/// <summary>Where things lie in a bucket. Everything of a tenant is below its name, so that one listing shows it all.</summary>
/// <remarks>
/// <c>&lt;tenant&gt;/&lt;ULID&gt;/{chunks,index,meta.json}</c>, <c>…/index/bucket-index.json</c>, <c>…/marks/&lt;ULID&gt;.delete.json</c>,
/// <c>…/marks/&lt;ULID&gt;.broken.json</c>, <c>…/deletions/&lt;job&gt;.json</c>, <c>…/tenant-deletion.json</c>, <c>…/rules/&lt;namespace&gt;/&lt;group&gt;</c>.
/// </remarks>
public static class BucketLayout
{
    private const string IndexFolder = "index/";
    private const string MarksFolder = "marks/";
    private const string DeletionsFolder = "deletions/";
    private const string RulesFolder = "rules/";
    private const string DeletionSuffix = ".delete.json";
    private const string BrokenSuffix = ".broken.json";
    private const string JobSuffix = ".json";

    private static readonly SearchValues<byte> s_plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~"u8);

    /// <summary>Everything of a tenant.</summary>
    public static string TenantPrefix(TenantId tenant) => tenant.Name + "/";

    /// <summary>Everything of a block.</summary>
    public static string BlockPrefix(TenantId tenant, BlockId block) => $"{tenant.Name}/{block}/";

    /// <summary>A file of a block.</summary>
    public static string File(TenantId tenant, BlockId block, BlockFile file) => BlockPrefix(tenant, block) + NameOf(file);

    /// <summary>The list of the tenant's blocks and marks.</summary>
    public static string BucketIndex(TenantId tenant) => TenantPrefix(tenant) + IndexFolder + "bucket-index.json";

    /// <summary>The mark of a block that is to be removed.</summary>
    public static string DeletionMark(TenantId tenant, BlockId block) => $"{TenantPrefix(tenant)}{MarksFolder}{block}{DeletionSuffix}";

    /// <summary>The mark of a block that is set aside.</summary>
    public static string BrokenMark(TenantId tenant, BlockId block) => $"{TenantPrefix(tenant)}{MarksFolder}{block}{BrokenSuffix}";

    /// <summary>All blocks whose names begin with some characters.</summary>
    public static string BlocksPrefix(TenantId tenant, string beginning) => TenantPrefix(tenant) + beginning;

    /// <summary>All marks of a tenant.</summary>
    public static string MarksPrefix(TenantId tenant) => TenantPrefix(tenant) + MarksFolder;

    /// <summary>All requests to delete series of a tenant.</summary>
    public static string DeletionJobsPrefix(TenantId tenant) => TenantPrefix(tenant) + DeletionsFolder;

    /// <summary>A request to delete series; <paramref name="job"/> is printable ASCII without slashes.</summary>
    public static string DeletionJob(TenantId tenant, string job) => DeletionJobsPrefix(tenant) + job + JobSuffix;

    /// <summary>The request to delete all of a tenant.</summary>
    public static string TenantDeletion(TenantId tenant) => TenantPrefix(tenant) + "tenant-deletion.json";

    /// <summary>All rule groups of a tenant.</summary>
    public static string RulesPrefix(TenantId tenant) => TenantPrefix(tenant) + RulesFolder;

    /// <summary>A rule group. Names may have any characters; the key is refused where a name is too long for one.</summary>
    public static string RuleGroup(TenantId tenant, string ruleNamespace, string group) => $"{RulesPrefix(tenant)}{Escape(ruleNamespace)}/{Escape(group)}";

    /// <summary>Name of a file within a block's folder.</summary>
    public static string NameOf(BlockFile file) => file switch
    {
        BlockFile.Meta => "meta.json",
        BlockFile.Index => "index",
        _ => "chunks",
    };

    /// <summary>The tenant that a key belongs to; false for keys of the bucket as a whole.</summary>
    public static bool TryParseTenant(string key, out TenantId tenant)
    {
        ArgumentNullException.ThrowIfNull(key);
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        return TenantId.TryParse(slash < 0 ? key : key[..slash], out tenant, out _);
    }

    /// <summary>Tells what a key of a tenant is.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="key">A key below <see cref="TenantPrefix"/>.</param>
    public static BucketKey Parse(TenantId tenant, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        string prefix = TenantPrefix(tenant);
        if (!key.StartsWith(prefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"\"{key}\" is not a key of tenant {tenant}", nameof(key));
        }

        string rest = key[prefix.Length..];
        if (rest.StartsWith(MarksFolder, StringComparison.Ordinal))
        {
            string name = rest[MarksFolder.Length..];
            return TryCut(name, DeletionSuffix, out string marked) && BlockId.TryParse(marked, out BlockId deleted) ? new(BucketKeyKind.DeletionMark, deleted)
                : TryCut(name, BrokenSuffix, out marked) && BlockId.TryParse(marked, out BlockId broken) ? new(BucketKeyKind.BrokenMark, broken)
                : default;
        }

        if (rest.StartsWith(DeletionsFolder, StringComparison.Ordinal))
        {
            return TryCut(rest[DeletionsFolder.Length..], JobSuffix, out string job) ? new(BucketKeyKind.DeletionJob, default, Name: job) : default;
        }

        if (key == TenantDeletion(tenant))
        {
            return new(BucketKeyKind.TenantDeletion);
        }

        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash == BlockId.TextLength && BlockId.TryParse(rest[..slash], out BlockId block)
            ? new(BucketKeyKind.BlockFile, block, FileOf(rest[(slash + 1)..]))
            : default;
    }

    /// <summary>Makes a part of a key of a name: letters, digits, <c>-</c>, <c>_</c>, <c>~</c> stay, each other byte of its UTF-8 becomes <c>%XX</c>.</summary>
    public static string Escape(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var key = new StringBuilder(name.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            _ = s_plain.Contains(b) ? key.Append((char)b) : key.Append('%').Append(Convert.ToHexString([b]));
        }

        return key.ToString();
    }

    /// <summary>Reads what <see cref="Escape"/> made.</summary>
    public static string Unescape(string part) => Uri.UnescapeDataString(part);

    private static BlockFile? FileOf(string name) => name switch
    {
        "meta.json" => BlockFile.Meta,
        "index" => BlockFile.Index,
        "chunks" => BlockFile.Chunks,
        _ => null,
    };

    private static bool TryCut(string text, string suffix, out string rest)
    {
        bool ends = text.EndsWith(suffix, StringComparison.Ordinal);
        rest = ends ? text[..^suffix.Length] : "";
        return ends;
    }
}
