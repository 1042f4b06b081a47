using System.Text;
using RemoteStore.Model.Regexp;
using RemoteStore.Ruler.Templates.Execution;

namespace RemoteStore.Ruler.Templates.Functions;

/// <summary>Regular expressions, found anywhere in a text.</summary>
internal static class Patterns
{
    /// <summary>Length of pattern times length of text for which a step is counted.</summary>
    private const long WorkPerStep = 200;

    private const long MaxScratchBytes = 16L << 20;

    /// <summary>Whether a pattern matches somewhere in a text.</summary>
    /// <param name="arguments">Pattern and text.</param>
    /// <param name="scope">The expansion.</param>
    public static object? IsMatch(object?[] arguments, FunctionScope scope)
    {
        (string pattern, string text) = ((string)arguments[0]!, (string)arguments[1]!);
        if (!Re2Captures.TryParse(pattern, out Re2Captures? search, out string? error, dotMatchesNewline: false))
        {
            throw new TemplateFailedException(error);
        }

        bool found = search.TryFind(Bounded(search, text), 0, out _, scope.CancellationToken);
        Charge(pattern, search, scope);
        return found;
    }

    /// <summary>Replaces all that a pattern matches.</summary>
    /// <param name="arguments">Pattern, replacement with <c>$1</c> and the like, text.</param>
    /// <param name="scope">The expansion.</param>
    public static object? ReplaceAll(object?[] arguments, FunctionScope scope)
    {
        (string pattern, string replacement, string text) = ((string)arguments[0]!, (string)arguments[1]!, (string)arguments[2]!);
        if (!Re2Captures.TryParse(pattern, out Re2Captures? search, out string? error, dotMatchesNewline: false))
        {
            throw new TemplateFailedException($"regexp: Compile({(Printing.GoFormatter.CanBackquote(pattern) ? $"`{pattern}`" : PromQL.Parser.Lexing.GoText.Quote(pattern))}): {error}");
        }

        byte[] utf8 = Bounded(search, text);
        var template = new Re2Template(Encoding.UTF8.GetBytes(replacement), search.GroupNames);
        var replaced = new MemoryStream(utf8.Length);
        int copied = 0;
        int from = 0;
        while (from <= utf8.Length && search.TryFind(utf8, from, out ReadOnlySpan<int> groups, scope.CancellationToken))
        {
            Charge(pattern, search, scope);
            (int begin, int end) = (groups[0], groups[1]);
            replaced.Write(utf8.AsSpan(copied, begin - copied));
            // An empty match right behind the one before it is none.
            if (end > copied || begin == 0)
            {
                if (replaced.Length + template.ExpandedLength(groups) > TemplateBudget.MaxTextLength)
                {
                    throw TemplateBudget.TooLong();
                }

                replaced.Write(template.Expand(utf8, groups));
            }

            copied = end;
            from = Math.Max(end, from + Width(utf8, from));
        }

        replaced.Write(utf8.AsSpan(copied));
        return Encoding.UTF8.GetString(replaced.GetBuffer(), 0, (int)replaced.Length);
    }

    private static int Width(byte[] utf8, int at) =>
        at >= utf8.Length ? 1 : Rune.DecodeFromUtf8(utf8.AsSpan(at), out _, out int width) == System.Buffers.OperationStatus.Done ? width : 1;

    /// <summary>The text, when pattern and text together take no more than a template may.</summary>
    private static byte[] Bounded(Re2Captures search, string text) => search.MaxScratchBytes > MaxScratchBytes
        ? throw new TemplateFailedException("regular expression has too many groups")
        : Encoding.UTF8.GetBytes(text);

    private static void Charge(string pattern, Re2Captures search, FunctionScope scope) =>
        scope.Budget.Step(1 + ((pattern.Length + 1L) * (search.ScannedBytes + 1L) / WorkPerStep));
}
