namespace RemoteStore.Server.Options.Sources;

/// <summary>One value as found in a source.</summary>
/// <param name="Name">Option name.</param>
/// <param name="Value">Its text.</param>
/// <param name="Origin">Where it stands, for messages: <c>flag --listen</c>, <c>environment REMOTESTORE_LISTEN</c>, <c>remotestore.yaml:3</c>.</param>
internal sealed record OptionSetting(string Name, string Value, string Origin);

/// <summary>What one source holds.</summary>
internal sealed class OptionSettings
{
    /// <summary>Values, in order of the source; a later one overrides an earlier one.</summary>
    public List<OptionSetting> Settings { get; } = [];

    /// <summary>What cannot be understood, each with its origin.</summary>
    public List<string> Errors { get; } = [];
}
