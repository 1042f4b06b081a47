using RemoteStore.Server.Options;
using Shouldly;

namespace RemoteStore.Server.Tests.Options;

/// <summary>Loads options from texts instead of the process' own arguments, environment and files.</summary>
internal static class LoadedOptions
{
    public const string File = "remotestore.yaml";

    public static (RemoteStoreOptions Options, IReadOnlyList<string> Faults) Load(
        string[]? arguments = null, Dictionary<string, string>? environment = null, string? yaml = null) =>
        new OptionLoader(OptionTable.All).Load(
            yaml is null ? arguments ?? [] : [.. arguments ?? [], "--config.file=" + File],
            environment ?? [],
            path => yaml is not null && path == File ? new StringReader(yaml) : throw new FileNotFoundException($"no file {path}"));

    public static RemoteStoreOptions Valid(string[]? arguments = null, Dictionary<string, string>? environment = null, string? yaml = null)
    {
        (RemoteStoreOptions options, IReadOnlyList<string> faults) = Load(arguments, environment, yaml);
        faults.ShouldBeEmpty();
        return options;
    }
}
