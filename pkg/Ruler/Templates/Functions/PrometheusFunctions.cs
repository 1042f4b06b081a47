using System.Globalization;
using System.Text;
using RemoteStore.Ruler.Templates.Execution;
using RemoteStore.Ruler.Templates.Values;

namespace RemoteStore.Ruler.Templates.Functions;

/// <summary>Functions that Prometheus adds to the language.</summary>
internal static class PrometheusFunctions
{
    /// <summary>The functions.</summary>
    public static IReadOnlyList<TemplateFunction> All { get; } =
    [
        new("query", [GoKind.Text], IsVariadic: false, QueryAsync),
        TemplateFunction.Of("first", static arguments => First((GoList?)arguments[0]), GoKind.Samples),
        TemplateFunction.Of("label", static arguments => GoSample.Label(Sample(arguments[1]), (string)arguments[0]!), GoKind.Text, GoKind.Sample),
        TemplateFunction.Of("value", static arguments => GoSample.Value(Sample(arguments[0])), GoKind.Sample),
        TemplateFunction.Of("strvalue", static arguments => GoSample.Label(Sample(arguments[0]), "__value__"), GoKind.Sample),
        TemplateFunction.Of("sortByLabel", static arguments => SortByLabel((string)arguments[0]!, (GoList?)arguments[1]), GoKind.Text, GoKind.Samples),
        TemplateFunction.Variadic("args", static arguments => Args(arguments), GoKind.Any),
        TemplateFunction.Scoped("reReplaceAll", Patterns.ReplaceAll, GoKind.Text, GoKind.Text, GoKind.Text),
        TemplateFunction.Scoped("match", Patterns.IsMatch, GoKind.Text, GoKind.Text),
        TemplateFunction.Of("safeHtml", static arguments => new SafeHtml((string)arguments[0]!), GoKind.Text),
        TemplateFunction.Of("title", static arguments => Title((string)arguments[0]!), GoKind.Text),
        TemplateFunction.Of("toUpper", static arguments => ((string)arguments[0]!).ToUpperInvariant(), GoKind.Text),
        TemplateFunction.Of("toLower", static arguments => ((string)arguments[0]!).ToLowerInvariant(), GoKind.Text),
        TemplateFunction.Of("graphLink", static arguments => $"/graph?g0.expr={Escaping.UrlQuery((string)arguments[0]!)}&g0.tab=0", GoKind.Text),
        TemplateFunction.Of("tableLink", static arguments => $"/graph?g0.expr={Escaping.UrlQuery((string)arguments[0]!)}&g0.tab=1", GoKind.Text),
        TemplateFunction.Of("urlQueryEscape", static arguments => Escaping.UrlQuery((string)arguments[0]!), GoKind.Text),
        TemplateFunction.Of("stripPort", static arguments => HostPort.StripPort((string)arguments[0]!), GoKind.Text),
        TemplateFunction.Of("stripDomain", static arguments => HostPort.StripDomain((string)arguments[0]!), GoKind.Text),
        TemplateFunction.Of("humanize", static arguments => Humanizing.Decimal(ToFloat(arguments[0])), GoKind.Any),
        TemplateFunction.Of("humanize1024", static arguments => Humanizing.Binary(ToFloat(arguments[0])), GoKind.Any),
        TemplateFunction.Of("humanizeDuration", static arguments => Humanizing.Duration(ToFloat(arguments[0])), GoKind.Any),
        TemplateFunction.Of("humanizePercentage", static arguments => Humanizing.Percentage(ToFloat(arguments[0])), GoKind.Any),
        TemplateFunction.Of("humanizeTimestamp", static arguments => Humanizing.Timestamp(ToFloat(arguments[0])), GoKind.Any),
        TemplateFunction.Of("toTime", static arguments => Humanizing.ToTime(ToFloat(arguments[0])), GoKind.Any),
        TemplateFunction.Of("toDuration", static arguments => Humanizing.ToDuration(ToFloat(arguments[0])), GoKind.Any),
        TemplateFunction.Of("parseDuration", static arguments => Humanizing.ParseDuration((string)arguments[0]!), GoKind.Text),
        TemplateFunction.Scoped("now", static (_, scope) => scope.Context.NowMs / 1000.0),
        TemplateFunction.Scoped("externalURL", static (_, scope) => scope.Context.ExternalUrl),
        TemplateFunction.Scoped("pathPrefix", static (_, scope) => HostPort.PathOf(scope.Context.ExternalUrl)),
        new("tmpl", [GoKind.Text, GoKind.Any], IsVariadic: false, TemplateAsync),
    ];

    /// <summary>A number as the functions that take any understand it.</summary>
    private static double ToFloat(object? value)
    {
        switch (value)
        {
            case double number:
                return number;
            case long number:
                return number;
            case ulong number:
                return number;
            case GoDuration duration:
                return duration.Seconds;
            case string text:
                return ParseFloat(text);
            default:
                throw new TemplateFailedException($"can't convert {GoValues.TypeName(value)} to float");
        }
    }

    private static double ParseFloat(string text)
    {
        switch (text.TrimStart('+', '-').ToLowerInvariant())
        {
            case "inf" or "infinity" when text.Length - text.TrimStart('+', '-').Length <= 1:
                return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            case "nan" when text.Length == 3:
                return double.NaN;
            default:
                const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
                string quoted = PromQL.Parser.Lexing.GoText.Quote(text);
                return !double.TryParse(text, Style, CultureInfo.InvariantCulture, out double number) ? throw new TemplateFailedException($"strconv.ParseFloat: parsing {quoted}: invalid syntax")
                    : double.IsFinite(number) ? number
                    : throw new TemplateFailedException($"strconv.ParseFloat: parsing {quoted}: value out of range");
        }
    }

    private static async ValueTask<object?> QueryAsync(object?[] arguments, FunctionScope scope)
    {
        scope.Budget.Query();
        GoList answer = await scope.Context.Query((string)arguments[0]!, scope.CancellationToken).ConfigureAwait(false);
        scope.Budget.Step(answer.Items.Count);
        return answer;
    }

    private static async ValueTask<object?> TemplateAsync(object?[] arguments, FunctionScope scope) =>
        new SafeHtml(await scope.Expand((string)arguments[0]!, arguments[1]).ConfigureAwait(false));

    private static object? First(GoList? answer) =>
        answer is { Items.Count: > 0 } ? answer.Items[0] : throw new TemplateFailedException("first() called on vector with no elements");

    private static GoStruct Sample(object? value) =>
        value as GoStruct ?? throw new TemplateFailedException("runtime error: invalid memory address or nil pointer dereference");

    private static GoList? SortByLabel(string label, GoList? answer) => answer is null ? null : answer with
    {
        Items = [.. answer.Items.OrderBy(one => GoSample.Label((GoStruct)one!, label), Storage.Querying.Utf8Order.Instance)],
    };

    private static GoMap Args(object?[] arguments)
    {
        var named = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach ((int index, object? value) in arguments.Index())
        {
            named[string.Create(CultureInfo.InvariantCulture, $"arg{index}")] = value;
        }

        return new GoMap(named, "interface {}", null);
    }

    /// <summary>The first letter of each word large; letters, digits and underscores make words.</summary>
    private static string Title(string text)
    {
        var title = new StringBuilder(text.Length);
        bool begins = true;
        foreach (Rune rune in text.EnumerateRunes())
        {
            title.Append(begins ? Rune.ToUpperInvariant(rune).ToString() : rune.ToString());
            begins = rune.IsAscii
                ? !(Rune.IsLetterOrDigit(rune) || rune.Value == '_')
                : !(Rune.IsLetter(rune) || Rune.IsDigit(rune)) && Rune.IsWhiteSpace(rune);
        }

        return title.ToString();
    }
}
