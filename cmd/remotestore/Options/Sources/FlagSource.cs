using RemoteStore.Options;

namespace RemoteStore.Server.Options.Sources;

/// <summary>Command-line flags: <c>--x=v</c>, <c>--x v</c>, and the same with one dash.</summary>
internal static class FlagSource
{
    /// <summary>True when help is asked for.</summary>
    public static bool IsHelp(string argument) => argument is "--help" or "-help" or "-h" or "-?";

    /// <summary>True when the version is asked for.</summary>
    public static bool IsVersion(string argument) => argument is "--version" or "-version";

    /// <summary>Reads all arguments.</summary>
    public static OptionSettings Read(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, OptionDescriptor<RemoteStoreOptions>> options)
    {
        var found = new OptionSettings();
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            string flag = argument.Split('=', 2)[0];
            string name = flag.StartsWith("--", StringComparison.Ordinal) ? flag[2..] : flag.StartsWith('-') ? flag[1..] : "";
            if (name.Length == 0)
            {
                found.Errors.Add($"argument '{argument}': not a flag; options are given as --name=value");
                continue;
            }

            string? next = i + 1 < arguments.Count ? arguments[i + 1] : null;
            if (!options.TryGetValue(name, out OptionDescriptor<RemoteStoreOptions>? option))
            {
                found.Errors.Add($"flag {flag}: unknown option{Suggestion.For(name, options.Keys, "--")}");
                i += flag.Length == argument.Length && next is not null && !LooksLikeFlag(next) ? 1 : 0; // the value of the unknown flag
                continue;
            }

            string origin = $"flag {flag}";
            if (flag.Length < argument.Length)
            {
                found.Settings.Add(new(name, argument[(flag.Length + 1)..], origin));
            }
            else if (option.IsSwitch && next is not ("true" or "false"))
            {
                found.Settings.Add(new(name, "true", origin));
            }
            else if (next is null || LooksLikeFlag(next))
            {
                found.Errors.Add($"{origin}: needs a value ({option.ValueName})");
            }
            else
            {
                found.Settings.Add(new(name, next, origin));
                i++;
            }
        }

        JoinLists(found.Settings, options);
        return found;
    }

    /// <summary>Options that may be given several times get one setting with all values.</summary>
    private static void JoinLists(List<OptionSetting> settings, IReadOnlyDictionary<string, OptionDescriptor<RemoteStoreOptions>> options)
    {
        for (int i = 0; i < settings.Count; i++)
        {
            for (int later = i + 1; options[settings[i].Name].IsList && later < settings.Count;)
            {
                if (settings[later].Name == settings[i].Name)
                {
                    settings[i] = settings[i] with { Value = $"{settings[i].Value},{settings[later].Value}" };
                    settings.RemoveAt(later);
                }
                else
                {
                    later++;
                }
            }
        }
    }

    private static bool LooksLikeFlag(string argument) => argument.Length > 1 && argument[0] == '-' && !char.IsAsciiDigit(argument[1]);
}
