namespace RemoteStore.Options;

/// <summary>One option: the single source for its flag, environment variable, key in a file, line of help and place on pages of settings.</summary>
/// <typeparam name="TOptions">The immutable record that has its value.</typeparam>
public abstract class OptionDescriptor<TOptions>
{
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
    public string EnvironmentName => OptionNames.EnvironmentOf(Name);

    /// <summary>The value in force, in the form that <see cref="TryApply"/> reads.</summary>
    public abstract string Format(TOptions options);

    /// <summary>Parses a value into <paramref name="options"/>.</summary>
    /// <returns>Null, or what is wrong with the value.</returns>
    public abstract string? TryApply(string text, ref TOptions options);

    /// <summary>The same option of a record that has this one's record as a part.</summary>
    /// <param name="get">Finds the part.</param>
    /// <param name="with">The whole with another part.</param>
    public OptionDescriptor<TWhole> Within<TWhole>(Func<TWhole, TOptions> get, Func<TWhole, TOptions, TWhole> with) =>
        new OptionOfPart<TWhole, TOptions>(this, get, with)
        {
            Name = Name,
            Group = Group,
            Help = Help,
            ValueName = ValueName,
            IsSecret = IsSecret,
            IsList = IsList,
            IsSwitch = IsSwitch,
        };
}
