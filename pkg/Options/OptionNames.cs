namespace RemoteStore.Options;

/// <summary>Names that follow from the name of an option.</summary>
public static class OptionNames
{
    /// <summary>Prefix of environment variables.</summary>
    public const string EnvironmentPrefix = "REMOTESTORE_";

    /// <summary>The environment variable of an option: <c>storage.hot-period</c> has <c>REMOTESTORE_STORAGE_HOT_PERIOD</c>.</summary>
    public static string EnvironmentOf(string option)
    {
        ArgumentNullException.ThrowIfNull(option);
        return EnvironmentPrefix + option.ToUpperInvariant().Replace('.', '_').Replace('-', '_');
    }
}
