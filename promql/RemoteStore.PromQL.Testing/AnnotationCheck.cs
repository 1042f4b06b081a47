using System.Text.RegularExpressions;
using RemoteStore.PromQL.Results;

namespace RemoteStore.PromQL.Testing;

/// <summary>Compares annotations with expectations.</summary>
internal static partial class AnnotationCheck
{
    /// <summary>What is different, or null.</summary>
    /// <param name="command">What is expected.</param>
    /// <param name="result">What came.</param>
    /// <param name="isWritten">True for the query as the script has it; places and times differ when it was rewritten.</param>
    public static string? Difference(EvalCommand command, QueryResult result, bool isWritten) =>
        OfKind("warning", result.Warnings, command.Warnings, command.WarnsAnyhow, command.NoWarnings, isWritten)
        ?? OfKind("info", result.Infos, command.Infos, command.InformsAnyhow, command.NoInfos, isWritten);

    private static string? OfKind(string kind, IReadOnlyList<string> found, List<TextExpectation> expected, bool any, bool none, bool isWritten)
    {
        if (none && found.Count > 0)
        {
            return $"unexpected {kind}: {string.Join("; ", found)}";
        }

        if (any && found.Count == 0)
        {
            return $"expected a {kind}, got none";
        }

        foreach (TextExpectation expectation in expected)
        {
            if (!found.Any(text => Matches(expectation, text, isWritten)))
            {
                return $"expected {kind} {expectation}, got {(found.Count == 0 ? "none" : string.Join("; ", found))}";
            }
        }

        return expected.Count > 0 && found.FirstOrDefault(text => !expected.Exists(expectation => Matches(expectation, text, isWritten))) is { } extra
            ? $"unexpected {kind}: {extra}"
            : null;
    }

    private static bool Matches(TextExpectation expectation, string text, bool isWritten) => expectation.Matches(text)
        || (!isWritten && (expectation.Message is { } message ? Constant(message) == Constant(text) : expectation.Matches(Constant(text))));

    /// <summary>The text without what depends on where the query stands and when it is evaluated.</summary>
    private static string Constant(string text) => Changing().Replace(text, "");

    [GeneratedRegex(@"(, from buckets .*)?( \([0-9]+:[0-9]+\))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Changing();
}
