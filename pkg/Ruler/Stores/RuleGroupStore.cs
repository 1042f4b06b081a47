using System.Collections.Concurrent;
using System.Text;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Stores;

/// <summary>
/// Rule groups of tenants in object storage, one object each, <see cref="BucketLayout.RuleGroup"/>. Objects that did not change since they were read are not read
/// again. Safe for concurrent use.
/// </summary>
public sealed class RuleGroupStore
{
    private readonly IBucket _bucket;
    private readonly RuleFileOptions _options;
    private readonly ConcurrentDictionary<string, (ObjectAttributes Read, RuleFile File)> _known = new(StringComparer.Ordinal);

    /// <summary>Creates a store.</summary>
    /// <param name="bucket">Where groups are.</param>
    /// <param name="options">What they may hold.</param>
    public RuleGroupStore(IBucket bucket, RuleFileOptions options)
    {
        _bucket = bucket;
        _options = options;
    }

    /// <summary>Longest name of a namespace or group, in characters of a key, where each other character takes three.</summary>
    public const int MaxNameLength = 200;

    /// <summary>Tenants that may have groups.</summary>
    /// <exception cref="BucketException">They cannot be listed.</exception>
    public async ValueTask<IReadOnlyList<TenantId>> TenantsAsync(CancellationToken cancellationToken)
    {
        var tenants = new List<TenantId>();
        await foreach (string folder in _bucket.ListFoldersAsync("", cancellationToken))
        {
            if (TenantId.TryParse(folder, out TenantId tenant, out _))
            {
                tenants.Add(tenant);
            }
        }

        return tenants;
    }

    /// <summary>All groups of a tenant.</summary>
    /// <exception cref="BucketException">They cannot be read.</exception>
    public async ValueTask<StoredRules> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var groups = new List<RuleGroup>();
        var faults = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string prefix = BucketLayout.RulesPrefix(tenant);
        await foreach (ObjectAttributes found in _bucket.ListAsync(prefix, cancellationToken))
        {
            if (await ReadAsync(prefix, found, cancellationToken) is { } file)
            {
                seen.Add(found.Key);
                groups.AddRange(file.Groups);
                faults.AddRange(file.Faults.Select(static fault => fault.ToString()));
            }
        }

        foreach (string gone in _known.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && !seen.Contains(key)))
        {
            _known.TryRemove(gone, out _);
        }

        return new StoredRules(
            [.. groups.OrderBy(static group => group.File, StringComparer.Ordinal).ThenBy(static group => group.Name, StringComparer.Ordinal)], faults);
    }

    /// <summary>Stores a group in place of one of its name.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="group">The group; its file is the namespace.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    /// <exception cref="ArgumentException">The names are too long for a key.</exception>
    /// <exception cref="BucketException">It was not stored, or it is not known whether it was.</exception>
    public async ValueTask PutAsync(TenantId tenant, RuleGroup group, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(group);
        string key = KeyOf(tenant, group.File, group.Name);
        _known.TryRemove(key, out _);
        await _bucket.WriteAsync(key, new MemoryContent(Encoding.UTF8.GetBytes(RuleGroupYaml.Write(group))), WriteMode.Replace, cancellationToken);
    }

    /// <summary>Removes a group; no error when there is none.</summary>
    /// <exception cref="BucketException">It was not removed, or it is not known whether it was.</exception>
    public async ValueTask DeleteAsync(TenantId tenant, string ruleNamespace, string name, CancellationToken cancellationToken)
    {
        string key = KeyOf(tenant, ruleNamespace, name);
        _known.TryRemove(key, out _);
        await _bucket.DeleteAsync(key, cancellationToken);
    }

    /// <summary>The object of a group.</summary>
    /// <exception cref="ArgumentException">The names are too long for a key.</exception>
    private static string KeyOf(TenantId tenant, string ruleNamespace, string name)
    {
        string key = BucketLayout.RuleGroup(tenant, ruleNamespace, name);
        ObjectKey.Check(key);
        return key;
    }

    /// <summary>Reads a group unless it is known; null for an object that is none, or that is gone by now.</summary>
    private async ValueTask<RuleFile?> ReadAsync(string prefix, ObjectAttributes found, CancellationToken cancellationToken)
    {
        string[] names = found.Key[prefix.Length..].Split('/');
        if (names.Length != 2)
        {
            return null;
        }

        if (_known.TryGetValue(found.Key, out (ObjectAttributes Read, RuleFile File) known) && known.Read == found)
        {
            return known.File;
        }

        try
        {
            byte[] text = await _bucket.ReadAllAsync(found.Key, _options.MaxFileBytes, cancellationToken);
            RuleFile file = RuleFileReader.ReadGroup(Uri.UnescapeDataString(names[0]), text, _options);
            _known[found.Key] = (found, file);
            return file;
        }
        catch (ObjectNotFoundException)
        {
            return null;
        }
    }
}
