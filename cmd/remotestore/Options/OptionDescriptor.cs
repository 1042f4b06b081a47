namespace RemoteStore.Server.Options;

/// <summary>
/// One option: the single source for its flag, environment variable, YAML key, <c>--help</c> line and place on <c>/config</c>.
/// </summary>
internal abstract class OptionDescriptor
{
    /// <summary>Prefix of environment variables.</summary>
    public const string EnvironmentPrefix = "REMOTESTORE_";

    /// <summary>Name as flag and as path in YAML: <c>storage.flush-interval</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Heading it stands under in <c>--help</c>.</summary>
    public required string Group { get; init; }

    /// <summary>One sentence for <c>--help</c>.</summary>
    public required string Help { get; init; }

    /// <summary>What stands for the value in <c>--help</c>: <c>duration</c>, <c>size</c>, …</summary>
    public required string ValueName { get; init; }

    /// <summary>True when the value must not be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>True when the option may be given several times: its values are joined by commas.</summary>
    public bool IsList { get; init; }

    /// <summary>True when <c>--name</c> alone means true.</summary>
    public bool IsSwitch { get; init; }

    /// <summary>The environment variable.</summary>
    public string EnvironmentName => EnvironmentPrefix + Name.ToUpperInvariant().Replace('.', '_').Replace('-', '_');

    /// <summary>The value in force, in the form that <see cref="TryApply"/> reads.</summary>
    public abstract string Format(RemoteStoreOptions options);

    /// <summary>Parses a value into <paramref name="options"/>.</summary>
    /// <returns>Null, or what is wrong with the value.</returns>
    public abstract string? TryApply(string text, ref RemoteStoreOptions options);
}

/// <summary>Reads a value; <paramref name="error"/> says what is wrong when false is returned.</summary>
internal delegate bool OptionParser<T>(string text, out T value, out string? error);

/// <summary>An option with a value of type <typeparamref name="T"/>.</summary>
internal sealed class OptionDescriptor<T> : OptionDescriptor
{
    /// <summary>Reads the value.</summary>
    public required OptionParser<T> Parse { get; init; }

    /// <summary>Writes the value.</summary>
    public required Func<T, string> Print { get; init; }

    /// <summary>Finds the value.</summary>
    public required Func<RemoteStoreOptions, T> Get { get; init; }

    /// <summary>Options with another value.</summary>
    public required Func<RemoteStoreOptions, T, RemoteStoreOptions> With { get; init; }

    /// <summary>What else must hold; null when it does.</summary>
    public Func<T, string?> Validate { get; init; } = static _ => null;

    /// <inheritdoc/>
    public override string Format(RemoteStoreOptions options) => Print(Get(options));

    /// <inheritdoc/>
    public override string? TryApply(string text, ref RemoteStoreOptions options)
    {
        if (!Parse(text, out T value, out string? error))
        {
            return error;
        }

        error = Validate(value);
        if (error is null)
        {
            options = With(options, value);
        }

        return error;
    }
}
