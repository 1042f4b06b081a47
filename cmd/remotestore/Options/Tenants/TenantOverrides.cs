using RemoteStore.Model;
using RemoteStore.Server.Options.Sources;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace RemoteStore.Server.Options.Tenants;

/// <summary>
/// What tenants have of their own, from a YAML file: <c>overrides:</c>, below it a mapping for each tenant, whose keys are names of options
/// (<see cref="TenantOptions"/>), written as in the configuration file.
/// </summary>
internal sealed class TenantOverrides
{
    private const string Root = "overrides";

    private readonly Dictionary<TenantId, RemoteStoreOptions> _options = [];
    private readonly List<string> _faults = [];

    private TenantOverrides()
    {
    }

    /// <summary>Nothing.</summary>
    public static TenantOverrides None { get; } = new();

    /// <summary>All options of the tenants that have something of their own.</summary>
    public IReadOnlyDictionary<TenantId, RemoteStoreOptions> Options => _options;

    /// <summary>Everything that is wrong; then the rest must not be used.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Reads the file that the options name; nothing when they name none.</summary>
    /// <param name="options">What tenants have that have nothing of their own.</param>
    /// <param name="openFile">Opens it.</param>
    public static TenantOverrides Read(RemoteStoreOptions options, Func<string, TextReader> openFile)
    {
        string path = options.Limits.OverridesFile;
        if (path.Length == 0)
        {
            return None;
        }

        var overrides = new TenantOverrides();
        try
        {
            using TextReader content = openFile(path);
            YamlSource.ReadDocument(content, path, overrides._faults, Root, parser => overrides.ReadRoot(parser, path, options));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            overrides._faults.Add($"limits.overrides-file: cannot read {path}: {e.Message}");
        }

        return overrides;
    }

    private void ReadRoot(IParser parser, string path, RemoteStoreOptions defaults)
    {
        parser.Consume<MappingStart>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Scalar key = parser.Consume<Scalar>();
            if (key.Value != Root)
            {
                _faults.Add($"{YamlOptionMapping.Origin(path, key.Start)}: unknown key {key.Value}, only {Root} is read");
                parser.SkipThisAndNestedEvents();
            }
            else if (!IsEmpty(parser))
            {
                ReadTenants(parser, path, defaults);
            }
        }
    }

    private void ReadTenants(IParser parser, string path, RemoteStoreOptions defaults)
    {
        parser.Consume<MappingStart>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Scalar key = parser.Consume<Scalar>();
            string origin = YamlOptionMapping.Origin(path, key.Start);
            if (!TenantId.TryParse(key.Value, out TenantId tenant, out string? error))
            {
                _faults.Add($"{origin}: {key.Value} is not the name of a tenant: {error}");
                parser.SkipThisAndNestedEvents();
            }
            else if (_options.ContainsKey(tenant))
            {
                _faults.Add($"{origin}: tenant {tenant} occurs twice");
                parser.SkipThisAndNestedEvents();
            }
            else if (!IsEmpty(parser))
            {
                _options[tenant] = ReadTenant(parser, path, tenant, defaults);
            }
        }
    }

    private RemoteStoreOptions ReadTenant(IParser parser, string path, TenantId tenant, RemoteStoreOptions options)
    {
        var mapping = new YamlOptionMapping(path, TenantOptions.ByName);
        mapping.Read(parser, "");
        _faults.AddRange(mapping.Found.Errors.Select(error => $"{error} (tenant {tenant}; options of all tenants together stand in the configuration)"));
        foreach (OptionSetting setting in mapping.Found.Settings)
        {
            if (TenantOptions.ByName[setting.Name].TryApply(setting.Value, ref options) is { } error)
            {
                _faults.Add($"{setting.Origin}: {setting.Name}: {error} (tenant {tenant})");
            }
        }

        return options;
    }

    /// <summary>True for a key without a value, whose lines are all commented out.</summary>
    private static bool IsEmpty(IParser parser)
    {
        if (!parser.Accept<Scalar>(out Scalar? value) || value.Value is not ("" or "~" or "null"))
        {
            return false;
        }

        parser.SkipThisAndNestedEvents();
        return true;
    }
}
