namespace RemoteStore.Options;

/// <summary>Reads a value; <paramref name="error"/> says what is wrong when false is returned.</summary>
public delegate bool OptionParser<T>(string text, out T value, out string? error);

/// <summary>An option of a record <typeparamref name="TOptions"/> with a value of type <typeparamref name="T"/>.</summary>
public sealed class ValueOption<TOptions, T> : OptionDescriptor<TOptions>
{
    /// <summary>Reads the value.</summary>
    public required OptionParser<T> Parse { get; init; }

    /// <summary>Writes the value.</summary>
    public required Func<T, string> Print { get; init; }

    /// <summary>Finds the value.</summary>
    public required Func<TOptions, T> Get { get; init; }

    /// <summary>Options with another value.</summary>
    public required Func<TOptions, T, TOptions> With { get; init; }

    /// <summary>What else must hold; null when it does.</summary>
    public Func<T, string?> Validate { get; init; } = static _ => null;

    /// <inheritdoc/>
    public override string Format(TOptions options) => Print(Get(options));

    /// <inheritdoc/>
    public override string? TryApply(string text, ref TOptions options)
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
