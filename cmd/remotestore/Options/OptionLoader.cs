using RemoteStore.Options;
using RemoteStore.Ruler.Notifying;
using RemoteStore.Server.Options.Sources;
using RemoteStore.Server.Options.Tenants;

namespace RemoteStore.Server.Options;

/// <summary>Reads the options from flags, environment and file; flags win over environment, environment over file, file over defaults.</summary>
internal sealed class OptionLoader
{
    private readonly IReadOnlyList<OptionDescriptor<RemoteStoreOptions>> _table;
    private readonly Dictionary<string, OptionDescriptor<RemoteStoreOptions>> _byName;

    /// <summary>Creates a loader for a table of options.</summary>
    public OptionLoader(IReadOnlyList<OptionDescriptor<RemoteStoreOptions>> table)
    {
        _table = table;
        _byName = table.ToDictionary(static option => option.Name, StringComparer.Ordinal);
    }

    /// <summary>Loads the options and tells all faults of all sources at once.</summary>
    /// <param name="arguments">Command line.</param>
    /// <param name="environment">Environment of the process.</param>
    /// <param name="openFile">Opens the configuration file for reading.</param>
    /// <returns>The options; meaningless unless the list of faults is empty.</returns>
    public (RemoteStoreOptions Options, IReadOnlyList<string> Faults) Load(
        IReadOnlyList<string> arguments, IEnumerable<KeyValuePair<string, string>> environment, Func<string, TextReader> openFile)
    {
        OptionSettings flags = FlagSource.Read(arguments, _byName);
        OptionSettings variables = EnvironmentSource.Read(environment, _table);
        OptionSettings file = ReadFile(flags, variables, openFile);

        // Every value is parsed, overridden ones too: a wrong one is a mistake that would surface on another day.
        var options = new RemoteStoreOptions();
        var faults = new List<string>();
        var origins = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (OptionSettings source in (ReadOnlySpan<OptionSettings>)[file, variables, flags])
        {
            faults.AddRange(source.Errors);
            foreach (OptionSetting setting in source.Settings)
            {
                origins[setting.Name] = setting.Origin;
                if (_byName[setting.Name].TryApply(setting.Value, ref options) is { } error)
                {
                    faults.Add($"{setting.Origin}: {Named(setting)}{error}");
                }
            }
        }

        faults.AddRange(CrossChecks(options, origins));
        faults.AddRange(faults.Count == 0 ? TenantOverrides.Read(options, openFile).Faults : []);
        return (options, faults);
    }

    private OptionSettings ReadFile(OptionSettings flags, OptionSettings variables, Func<string, TextReader> openFile)
    {
        OptionSetting? path = flags.Settings.LastOrDefault(IsConfigFile) ?? variables.Settings.LastOrDefault(IsConfigFile);
        if (path is null || path.Value.Length == 0)
        {
            return new OptionSettings();
        }

        try
        {
            using TextReader content = openFile(path.Value);
            OptionSettings file = YamlSource.Read(content, path.Value, _byName);
            foreach (OptionSetting nested in file.Settings.Where(IsConfigFile).ToList())
            {
                file.Settings.Remove(nested);
                file.Errors.Add($"{nested.Origin}: config.file cannot be set in the file itself");
            }

            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new OptionSettings { Errors = { $"{path.Origin}: cannot read the configuration file: {e.Message}" } };
        }
    }

    private static IEnumerable<string> CrossChecks(RemoteStoreOptions options, Dictionary<string, string> origins)
    {
        if (options.Server.GrpcListen is not null)
        {
            yield return $"{origins["grpc-listen"]}: no role of target '{options.Server.Target}' serves gRPC, remove the option";
        }

        // Rules of the components over several of their values; they name the options.
        foreach (string fault in
            options.Write.Validate().Concat(options.ObjectStore.Validate()).Concat(options.Read.Validate()).Concat(options.QueryFrontend.Validate())
                .Concat(options.QueryMonitor.Validate()).Concat(options.Ruler.Validate()).Concat(options.Alertmanager.Validate()))
        {
            yield return fault;
        }

        if (!RelabelFile.TryRead(options.Alertmanager.RelabelFile, out _, out string? relabelFault))
        {
            yield return $"alertmanager.relabel-file: {relabelFault}";
        }
    }

    // A flag or variable names its option already; a line of a file does not.
    private static string Named(OptionSetting setting) => setting.Origin.EndsWith(setting.Name, StringComparison.Ordinal) ? "" : setting.Name + ": ";

    private static bool IsConfigFile(OptionSetting setting) => setting.Name == "config.file";
}
