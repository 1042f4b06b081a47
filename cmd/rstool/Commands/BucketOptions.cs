using System.CommandLine;
using RemoteStore.BlockStore.Places;
using RemoteStore.Options;

namespace RemoteStore.Tool.Commands;

/// <summary>Options that say where blocks are: the server's own, with its names, variables and defaults.</summary>
internal sealed class BucketOptions
{
    private readonly Option<string?> _dataDirectory = new("--data-dir") { Description = "Data directory of the server." };
    private readonly List<(OptionDescriptor<ObjectStoreOptions> Setting, Option Flag)> _settings = [];
    private readonly Func<string, string?> _variable;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="variable">The environment: value of a variable, null when there is none.</param>
    public BucketOptions(Command command, Func<string, string?> variable)
    {
        _variable = variable;
        command.Options.Add(_dataDirectory);
        foreach (OptionDescriptor<ObjectStoreOptions> setting in ObjectStoreSettings.All)
        {
            string description = $"{setting.Help} Also {setting.EnvironmentName}.";
            Option flag = setting.IsSwitch
                ? new Option<bool?>("--" + setting.Name) { Description = description, HelpName = setting.ValueName }
                : new Option<string?>("--" + setting.Name) { Description = description, HelpName = setting.ValueName };
            _settings.Add((setting, flag));
            command.Options.Add(flag);
        }
    }

    /// <summary>The data directory, null when none was named.</summary>
    public string? DataDirectory(ParseResult parsed) => parsed.GetValue(_dataDirectory);

    /// <summary>True when a flag says where blocks are; what the environment says does not count.</summary>
    public bool AnyFlag(ParseResult parsed) => DataDirectory(parsed) is not null || _settings.Any(one => Text(parsed, one.Flag) is not null);

    /// <summary>Which bucket: flags win over the environment, that over defaults.</summary>
    /// <exception cref="FormatException">Values are wrong; the message names all of them, a line each.</exception>
    public ObjectStoreOptions Read(ParseResult parsed)
    {
        var options = new ObjectStoreOptions();
        var faults = new List<string>();
        foreach ((OptionDescriptor<ObjectStoreOptions> setting, Option flag) in _settings)
        {
            string? given = Text(parsed, flag);
            string? text = given ?? (_variable(setting.EnvironmentName) is { Length: > 0 } value ? value : null);
            if (text is not null && setting.TryApply(text, ref options) is { } fault)
            {
                faults.Add($"{(given is null ? "environment " + setting.EnvironmentName : flag.Name)}: {fault}");
            }
        }

        faults.AddRange(options.Validate());
        if (options.Backend == ObjectStoreBackend.Memory)
        {
            faults.Add($"{ObjectStoreSettings.Backend}: what is in memory is in no other process");
        }

        return faults.Count == 0 ? options : throw new FormatException(string.Join('\n', faults));
    }

    private static string? Text(ParseResult parsed, Option flag) => flag switch
    {
        Option<bool?> choice => parsed.GetValue(choice) switch { true => "true", false => "false", null => null },
        Option<string?> text => parsed.GetValue(text),
        _ => null,
    };
}
