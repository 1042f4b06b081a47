namespace RemoteStore.Options;

/// <summary>An option of a part of a record, as an option of the whole.</summary>
internal sealed class OptionOfPart<TWhole, TPart>(OptionDescriptor<TPart> inner, Func<TWhole, TPart> get, Func<TWhole, TPart, TWhole> with)
    : OptionDescriptor<TWhole>
{
    /// <inheritdoc/>
    public override string Format(TWhole options) => inner.Format(get(options));

    /// <inheritdoc/>
    public override string? TryApply(string text, ref TWhole options)
    {
        TPart part = get(options);
        string? fault = inner.TryApply(text, ref part);
        if (fault is null)
        {
            options = with(options, part);
        }

        return fault;
    }
}
