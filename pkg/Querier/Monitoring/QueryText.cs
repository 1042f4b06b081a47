using System.Text.RegularExpressions;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.Querier.Monitoring;

/// <summary>Forms of a query's text.</summary>
internal static partial class QueryText
{
    /// <summary>
    /// The text without what differs from one evaluation to the next: spacing, spelling of numbers and durations, times after <c>@</c>. What is no query
    /// stays as it is.
    /// </summary>
    public static string Normalize(string query) =>
        PromQLParser.TryParse(query, out Expr? expression, out _) ? PinnedTime().Replace(expression.ToString(), "@ _") : query.Trim();

    [GeneratedRegex(@"@ -?[0-9]+(\.[0-9]+)?", RegexOptions.CultureInvariant)]
    private static partial Regex PinnedTime();
}
