using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser;

namespace RemoteStore.Ruler.Files;

/// <summary>What rule files may hold.</summary>
public sealed record RuleFileOptions
{
    /// <summary>What servers accept.</summary>
    public static RuleFileOptions Default { get; } = new();

    /// <summary>Which texts are names of metrics and labels.</summary>
    public NameScheme Names { get; init; } = NameScheme.Utf8;

    /// <summary>What queries may hold.</summary>
    public ParserOptions Queries { get; init; } = ParserOptions.Default;

    /// <summary>True to pass over fields that are not known.</summary>
    public bool IgnoreUnknownFields { get; init; }

    /// <summary>Largest file.</summary>
    public int MaxFileBytes { get; init; } = 16 << 20;

    /// <summary>Most rules of a file, aliases counted where they stand.</summary>
    public int MaxRules { get; init; } = 100_000;
}
