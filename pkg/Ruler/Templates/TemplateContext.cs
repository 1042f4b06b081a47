using RemoteStore.Ruler.Templates.Values;

namespace RemoteStore.Ruler.Templates;

/// <summary>Answers a query of a template at the template's time, as a list of series.</summary>
internal delegate ValueTask<GoList> TemplateQuery(string query, CancellationToken cancellationToken);

/// <summary>What surrounds an expansion.</summary>
/// <param name="NowMs">The template's time, milliseconds since the Unix epoch.</param>
/// <param name="ExternalUrl">Address of the installation; empty when there is none.</param>
/// <param name="Query">Answers queries.</param>
internal sealed record TemplateContext(long NowMs, string ExternalUrl, TemplateQuery Query)
{
    /// <summary>What a map gives for a name that is not in it.</summary>
    public MissingKey MissingKey { get; init; } = MissingKey.Zero;

    /// <summary>True to escape what is put out for HTML.</summary>
    public bool Html { get; init; }
}
